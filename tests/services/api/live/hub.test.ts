import * as v from "valibot";
import { expect, test, vi } from "vitest";
import { buildEnded, buildFinished, buildPending, buildStarted } from "#shared/messages/build.ts";
import { buildOutput } from "#shared/messages/build-output.ts";
import { BuildId, Pkgbase } from "#shared/model.ts";
import { openHub, type Unfinished } from "../../../../services/api/live/hub.ts";
import { framesOf } from "../../../support/frames-of.ts";
import { openNotifiedHub, unfinishedIn } from "../../../support/live.ts";
import { makeWorld } from "../../../support/world.ts";

const pkgbase = v.parse(Pkgbase, "Foo");

const setup = async (unfinished: readonly Unfinished[] = []) => {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await makeWorld());
  const hub = stack.use(
    await openNotifiedHub(world.bus, {
      log: world.log,
      pause: world.pause,
      now: world.now,
      findUnfinished: async () => [...unfinished, ...unfinishedIn(world.bus)],
      pingInterval: 1_000_000,
      patience: 20,
    }),
  );
  const resources = stack.move();
  return { world, hub, [Symbol.asyncDispose]: () => resources.disposeAsync() };
};

type World = Awaited<ReturnType<typeof makeWorld>>;

const newBuild = () => v.parse(BuildId, crypto.randomUUID());

const about = (build: BuildId) => ({ build, pkgbase, arch: "x86_64", at: 1 });

const run = async (world: World, build: BuildId, texts: readonly string[]) => {
  await world.publish(buildPending, about(build));
  await world.publish(buildStarted, about(build));
  for (const [index, text] of texts.entries())
    await world.publish(buildOutput, { build, startedAt: 1, index, text });
};

const finish = (world: World, build: BuildId, outputs: number) =>
  world.publish(buildFinished, {
    ...about(build),
    builder: "builder-1",
    outcome: { kind: "failed", step: "build", exitCode: 4 },
    log: null,
    outputs,
    measurements: null,
  });

const end = (world: World, build: BuildId) =>
  world.publish(buildEnded, { ...about(build), state: "failure", message: null });

const frame = (event: string, data: string) => `id: Foo\nevent: ${event}\ndata: ${data}`;

const change = (data: string) => frame("change", data);

test("a subscriber hears a build of a package with capitals, from pending to its end", async () => {
  await using it = await setup();
  const { stream } = await it.hub.subscribe(pkgbase, "client");
  const build = newBuild();

  await run(it.world, build, ["one\ntwo\n", "three\n"]);
  await finish(it.world, build, 2);
  await end(it.world, build);

  expect(await framesOf(stream, 5)).toEqual([
    change('{"state":"pending"}'),
    change('{"info":"build","state":"running"}'),
    frame("log", '"one\\ntwo\\n"'),
    frame("log", '"three\\n"'),
    change('{"state":"failure"}'),
  ]);
});

test("who comes while a build runs first gets its state, and its log in one piece", async () => {
  const build = newBuild();
  await using it = await setup([
    { build, state: { state: "running", info: "build" }, startedAt: 1 },
  ]);
  await run(it.world, build, ["one\n", "two\n"]);

  const { stream } = await it.hub.subscribe(pkgbase, "client");
  await it.world.publish(buildOutput, { build, startedAt: 1, index: 2, text: "three\n" });

  expect(await framesOf(stream, 3)).toEqual([
    change('{"info":"build","state":"running"}'),
    frame("log", '"one\\ntwo\\n"'),
    frame("log", '"three\\n"'),
  ]);
});

test("who comes while a build waits gets an empty log", async () => {
  const build = newBuild();
  await using it = await setup([{ build, state: { state: "pending" }, startedAt: null }]);

  const { stream } = await it.hub.subscribe(pkgbase, "client");

  expect(await framesOf(stream, 2)).toEqual([change('{"state":"pending"}'), frame("log", '""')]);
});

test("the second of two builds is told of when the first has ended", async () => {
  const [first, second] = [newBuild(), newBuild()];
  await using it = await setup();
  const { stream } = await it.hub.subscribe(pkgbase, "client");

  await run(it.world, first, ["one"]);
  await it.world.publish(buildPending, about(second));
  await finish(it.world, first, 1);
  await end(it.world, first);

  expect((await framesOf(stream, 5)).slice(2)).toEqual([
    frame("log", '"one"'),
    change('{"state":"failure"}'),
    change('{"state":"pending"}'),
  ]);
});

test("a build that had nothing to do ends in success", async () => {
  await using it = await setup();
  const { stream } = await it.hub.subscribe(pkgbase, "client");
  const build = newBuild();

  await it.world.publish(buildPending, about(build));
  await it.world.publish(buildEnded, { ...about(build), state: "current", message: null });

  expect((await framesOf(stream, 3)).at(-1)).toBe(change('{"state":"success"}'));
});

test("an end does not wait for ever for a log that was lost", async () => {
  await using it = await setup();
  const { stream } = await it.hub.subscribe(pkgbase, "client");
  const build = newBuild();

  await run(it.world, build, []);
  await finish(it.world, build, 3);
  await end(it.world, build);

  expect((await framesOf(stream, 3)).at(-1)).toBe(change('{"state":"failure"}'));
});

test("a client that does not read is disconnected, and holds up nobody", async () => {
  await using it = await setup();
  const slow = await it.hub.subscribe(pkgbase, "client");
  const build = newBuild();

  await run(
    it.world,
    build,
    Array.from({ length: 200 }, () => "x".repeat(200_000)),
  );

  expect(it.hub.count()).toBe(0);
  expect(await framesOf(slow.stream, 1)).toEqual([]);
});

test("a client that reads hears everything beside one that does not", async () => {
  await using it = await setup();
  const reading = await it.hub.subscribe(pkgbase, "client");
  await it.hub.subscribe(pkgbase, "client");
  const build = newBuild();
  const heard = framesOf(reading.stream, 202);

  for (const [index, text] of Array.from({ length: 200 }, () => "x".repeat(200_000)).entries()) {
    await run(it.world, build, []);
    await it.world.publish(buildOutput, { build, startedAt: 1, index, text });
    await new Promise((resolve) => setImmediate(resolve));
  }

  expect((await heard).filter((it) => it.includes("event: log"))).toHaveLength(200);
  expect(it.hub.count()).toBe(1);
});

test("a client that leaves, by either way, frees all that was held for it", async () => {
  await using it = await setup();
  const [one, two] = [
    await it.hub.subscribe(pkgbase, "client"),
    await it.hub.subscribe(pkgbase, "client"),
  ];
  const build = newBuild();
  await run(it.world, build, ["text"]);

  await one.stream.cancel();
  two.leave();
  two.leave();
  await end(it.world, build);

  expect(it.hub.count()).toBe(0);
  const fresh = await it.hub.subscribe(pkgbase, "client");
  fresh.sendIfIdle("nothing waits\n\n");
  expect(await framesOf(fresh.stream, 1)).toEqual(["nothing waits"]);
});

test("a stop ends every stream at once", async () => {
  const it = await setup();
  const { stream } = await it.hub.subscribe(pkgbase, "client");
  const read = stream.getReader().read();

  await it[Symbol.asyncDispose]();

  expect(await read).toEqual({ done: true, value: undefined });
});

test("everybody is pinged, with an empty id and no data", async () => {
  await using world = await makeWorld();
  await using hub = openHub({
    log: world.log,
    follow: world.follow,
    pause: world.pause,
    now: world.now,
    findUnfinished: async () => [],
    pingInterval: 1,
  });

  const { stream } = await hub.subscribe(pkgbase, "client");

  expect(await framesOf(stream, 1)).toEqual(["id: \nevent: ping\ndata: null"]);
});

test("a subscription whose builds cannot be looked up is refused, and the next one is not", async () => {
  await using world = await makeWorld();
  const findUnfinished = vi
    .fn<() => Promise<readonly Unfinished[]>>()
    .mockRejectedValueOnce(new Error("no database"))
    .mockResolvedValue([]);
  await using hub = openHub({ ...world, findUnfinished });

  await expect(hub.subscribe(pkgbase, "client")).rejects.toThrow("no database");
  await hub.subscribe(pkgbase, "client");

  expect(hub.count()).toBe(1);
});

test("of those who come all at once no more than may follow do", async () => {
  await using it = await setup();

  const came = await Promise.allSettled(
    Array.from({ length: 2_001 }, (_, at) => it.hub.subscribe(pkgbase, `client ${at % 20}`)),
  );

  expect(came.filter(({ status }) => status === "rejected")).toHaveLength(1);
  expect(it.hub.count()).toBe(2_000);
});
