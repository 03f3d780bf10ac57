import { join } from "node:path";
import { expect, test } from "vitest";
import { minutes } from "#shared/time.ts";
import { startEngineProxy } from "../../support/engine-proxy.ts";
import { makeDataDirectory, pkgbuildOf, startKiln } from "../../support/kiln.ts";
import { startNats } from "../../support/nats.ts";
import { addPair, expectEachOnce, orderPair, problemsOf } from "../../support/pair.ts";
import { openSpy } from "../../support/spy.ts";

/** A kiln whose engine comes and goes. */
const setup = async () => {
  await using stack = new AsyncDisposableStack();
  const nats = stack.use(await startNats());
  const data = stack.use(await makeDataDirectory());
  const engine = stack.use(await startEngineProxy(join(data.path, "docker.sock")));
  const environment = { NATS_URL: nats.url, DOCKER_URL: engine.url };
  const kiln = stack.use(await startKiln(data.path, environment));
  const spy = stack.use(await openSpy(nats.url));
  await addPair(kiln);
  const resources = stack.move();
  return {
    ...{ nats, data, engine, kiln, spy },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

const add = (kiln: Pick<Awaited<ReturnType<typeof startKiln>>, "post">, pkgname: string) => {
  const source = { type: "raw", pkgbuild: pkgbuildOf(pkgname), devel: false };
  return kiln.post("/package/add", { replace: false, build: false, source });
};

test(
  "builds wait for an engine that is away, /readyz says where it was looked for, and all is built when it comes",
  async () => {
    await using it = await setup();
    await it.engine.go();

    await orderPair(it.kiln);
    const problems = await problemsOf(it.kiln);
    await expect
      .poll(() => it.kiln.lines.some((line) => line.includes("no work is taken")), {
        timeout: minutes(1),
      })
      .toBe(true);
    const states = await it.kiln.buildsOf("pair-lib");
    await it.engine.come();

    const why = `no container engine answers at ${it.engine.url} (ENOENT): start it, or set DOCKER_URL to where it is`;
    expect(problems).toEqual([503, { ready: false, problems: { builder: why } }]);
    expect(states.map(({ state }) => state)).toEqual([{ state: "pending" }]);
    await expectEachOnce(it.kiln, it.spy, 1);
    expect(await problemsOf(it.kiln)).toEqual([200, { ready: true }]);
  },
  minutes(12),
);

test(
  "a builder without an engine leaves the work to one that has one",
  async () => {
    await using it = await setup();
    await it.engine.go();
    await using _other = await startKiln(
      it.data.path,
      { NATS_URL: it.nats.url, BUILDER_NAME: "other" },
      "services/builder/service.ts",
    );

    for (let order = 1; order <= 2; order++) await orderPair(it.kiln);
    const added = await Promise.all(["1", "2", "3"].map((name) => add(it.kiln, `more-${name}`)));

    expect(added.map(({ status }) => status)).toEqual([200, 200, 200]);
    await expectEachOnce(it.kiln, it.spy, 2);
    expect((await problemsOf(it.kiln))[0]).toBe(503);
  },
  minutes(12),
);
