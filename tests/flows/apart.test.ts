import { expect, test, vi } from "vitest";
import { minutes } from "#shared/time.ts";
import { all } from "../../services/all.ts";
import { installSigned } from "../support/install-signed.ts";
import { makeDataDirectory, pkgbuildOf, startKiln } from "../support/kiln.ts";
import { startNats } from "../support/nats.ts";

const packages = ["apart-lib", "apart-app"] as const;

type Kiln = Awaited<ReturnType<typeof startKiln>>;

/** Each service as a process of its own, on one nats-server and one database. */
const startApart = async () => {
  await using stack = new AsyncDisposableStack();
  const nats = stack.use(await startNats());
  const data = stack.use(await makeDataDirectory());
  const services = new Map<string, Kiln>();
  const start = async (name: string, port = "0") => {
    const environment = { NATS_URL: nats.url, PORT: port };
    const kiln = await startKiln(data.path, environment, `services/${name}/service.ts`);
    services.set(name, kiln);
    return kiln;
  };
  const find = (name: string) => {
    const kiln = services.get(name);
    if (!kiln) throw new Error(`no service ${name}`);
    return kiln;
  };
  for (const { name } of all) stack.use(await start(name));
  const resources = stack.move();
  return {
    find,
    async restart(name: string) {
      const killed = find(name);
      await killed.kill();
      const { port } = new URL(killed.url);
      resources.use(await start(name, port));
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

test(
  "each service may be killed while two packages are built, and both are published all the same",
  async () => {
    await using apart = await startApart();
    const api = apart.find("api");
    const add = (pkgbuild: string) =>
      api.post("/package/add", {
        replace: false,
        build: false,
        source: { type: "raw", pkgbuild, devel: false },
      });
    await add(pkgbuildOf("apart-lib", [], "sleep 1"));
    await add(pkgbuildOf("apart-app", ["depends=(apart-lib)"], "sleep 1"));
    const order = { packages, clean: false, resolve: true, force: true };

    for (const { name } of all) {
      expect((await api.post("/build", order)).status).toBe(200);
      await vi.waitFor(
        async () => expect(await api.stepOf("apart-lib")).toMatch(/running :: kiln/),
        { timeout: minutes(1), interval: 100 },
      );

      await apart.restart(name);

      expect(await api.ends(...packages), `${name} killed`).toEqual({
        "apart-lib": { state: "success" },
        "apart-app": { state: "success" },
      });
    }
    const { url } = apart.find("repo");
    expect(await installSigned(url, ["apart-app"], api.url)).toEqual(["apart-app", "apart-lib"]);
  },
  minutes(8),
);
