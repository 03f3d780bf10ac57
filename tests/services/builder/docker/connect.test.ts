import { expect, test } from "vitest";
import { buildFinished } from "#shared/messages/build.ts";
import { openWith } from "../../../../services/builder/context.ts";
import { connectDocker } from "../../../../services/builder/docker/connect.ts";
import type { Engine } from "../../../../services/builder/docker/engine.ts";
import { patience } from "../../../../services/builder/docker/limit.ts";
import { pkgbuildOf, requestOf, startBuilder } from "../../../support/builder.ts";
import { makeHeldTime } from "../../../support/held-time.ts";
import { startHungEngine } from "../../../support/hung-engine.ts";

const spec = {
  image: "runner",
  labels: {},
  memory: 1,
  cpus: 0,
  processes: 1,
  network: false,
  lifetime: 1_000,
};

const setup = async () => {
  const engine = await startHungEngine();
  const time = makeHeldTime();
  return {
    ...engine,
    time,
    docker: connectDocker(engine.url, time.pause, { kind: "open" }),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
};

test.each<[string, RegExp, (docker: Engine) => Promise<unknown>]>([
  ["a ping", /GET \/_ping/, (docker) => docker.ping()],
  ["a look at its images", /GET \/images/, (docker) => docker.demandImage("runner")],
  ["a list of containers", /GET \/containers\/json/, (docker) => docker.list()],
  ["the removal of a container", /DELETE/, (docker) => docker.remove("c")],
  ["a new container", /POST \/containers\/create/, (docker) => docker.start(spec)],
  ["a connection to a container", /POST \/containers\/c\/attach/, (docker) => docker.start(spec)],
  ["the start of a container", /POST \/containers\/c\/start/, (docker) => docker.start(spec)],
])("%s ends after a minute where the engine hangs", async (doing, hangs, act) => {
  await using it = await setup();
  it.hang(hangs);
  const acting = expect(act(it.docker)).rejects.toMatchObject({
    kind: "unavailable",
    message: `the container engine at ${it.url} gave no answer to ${doing} within 60 s: restart it`,
  });
  await expect.poll(() => it.unanswered).toHaveLength(1);

  await it.time.pass(patience);

  await acting;
});

test("a container is disposed of where the engine hangs, and its lease goes with it", async () => {
  await using it = await setup();
  const container = await it.docker.start(spec);
  it.hang(/./);
  const disposing = container[Symbol.asyncDispose]();

  await it.time.pass(patience);

  await disposing;
  await expect.poll(it.connections).toBe(0);
});

test("a build whose engine hangs in its middle is given back, for another builder", async () => {
  await using it = await setup();
  await using builder = await startBuilder({}, { open: (base) => openWith(it.docker, base) });
  const source = await builder.source({ PKGBUILD: pkgbuildOf("app") });
  const building = expect(builder.build(requestOf(source, "app"))).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("gave no answer to"),
  });
  await expect.poll(it.running, { timeout: 20_000 }).toBe(1);

  it.hang(/./);
  for (let minute = 1; minute <= 3; minute++) await it.time.pass(patience);

  await building;
  expect(builder.bus.sent(buildFinished)).toEqual([]);
});
