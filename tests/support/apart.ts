import { execa } from "execa";
import { inject } from "vitest";
import { all } from "../../services/all.ts";
import { makeDataDirectory, startKiln } from "./kiln.ts";
import { startNats } from "./nats.ts";
import { openSpy } from "./spy.ts";

export type Kiln = Awaited<ReturnType<typeof startKiln>>;

type Name = (typeof all)[number]["name"];

/** One process of a service; it comes back on its port after it was killed. */
type Place = { kiln: Kiln; readonly environment: Readonly<Record<string, string>> };

/** Each service as a process of its own, builders and apis as two, on one nats-server and one database. */
export const startApart = async (environment: Readonly<Record<string, string>> = {}) => {
  await using stack = new AsyncDisposableStack();
  const nats = stack.use(await startNats());
  const data = stack.use(await makeDataDirectory());
  const launch = (name: string, own: Place["environment"]) =>
    startKiln(
      data.path,
      { ...environment, NATS_URL: nats.url, ...own },
      `services/${name}/service.ts`,
    );
  const places = new Map<string, Place[]>();
  for (const { name } of all) {
    const copies = ["builder", "api"].includes(name) ? 2 : 1;
    const started = await Promise.all(
      Array.from({ length: copies }, async (_, index) => {
        const own = { PORT: "0", BUILDER_NAME: `builder-${index + 1}` };
        return { kiln: await launch(name, own), environment: own };
      }),
    );
    places.set(name, started);
    stack.defer(async () => {
      for (const { kiln } of started) await kiln[Symbol.asyncDispose]();
    });
  }
  const spy = stack.use(await openSpy(nats.url));
  const placesOf = (name: Name) => places.get(name) ?? [];
  const resources = stack.move();
  return {
    nats,
    data,
    spy,
    kilnsOf: (name: Name) => placesOf(name).map(({ kiln }) => kiln),
    /** A process of that service that is there now. */
    find(name: Name, index = 0) {
      const kiln = placesOf(name)[index]?.kiln;
      if (!kiln) throw new Error(`no ${name} ${index}`);
      return kiln;
    },
    /** Starts anew, where it was, a process that was killed. */
    async revive(name: Name, killed: Kiln) {
      const place = placesOf(name).find(({ kiln }) => kiln === killed);
      if (!place) throw new Error(`no such ${name}`);
      const { port } = new URL(killed.url);
      place.kiln = await launch(name, { ...place.environment, PORT: port });
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

/** The builds that run in containers of the builder with this process id. */
export const buildsIn = async (pid: number) => {
  const format = '{{.Label "kiln.builder"}}\t{{.Label "kiln.build"}}';
  const docker = ["-H", inject("dockerUrl"), "ps", "--format", format];
  const { stdout } = await execa("docker", docker);
  return stdout.split("\n").flatMap((line) => {
    const [builder = "", build = ""] = line.split("\t");
    return builder.split("/")[1] === `${pid}` && build !== "" ? [build] : [];
  });
};
