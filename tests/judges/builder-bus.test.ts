import { expect, test, vi } from "vitest";
import type { Payload } from "#shared/bus/declare.ts";
import { connectJetStream } from "#shared/bus/jetstream.ts";
import { buildFinished, buildRequested, buildStarted } from "#shared/messages/build.ts";
import { buildOutput } from "#shared/messages/build-output.ts";
import { claimBuild } from "#shared/messages/builder.ts";
import { messages } from "#shared/messages/index.ts";
import { start } from "#shared/service/start.ts";
import { builder } from "../../services/builder/service.ts";
import { tarOf } from "../support/archive.ts";
import { pkgbuildOf, requestOf } from "../support/builder.ts";
import { containersWith, engineEnvironment } from "../support/engine.ts";
import { startNats } from "../support/nats.ts";
import { inPlaceOfItsOwn } from "../support/place-of-its-own.ts";
import { makeWorld, silentLog } from "../support/world.ts";

const setup = async (body: string) => {
  await using stack = new AsyncDisposableStack();
  const nats = stack.use(await startNats());
  const world = stack.use(await makeWorld());
  const connect = () => connectJetStream({ servers: nats.url, messages, log: silentLog });
  const bus = stack.use(await connect());
  stack.use(await bus.answer("scheduler", claimBuild, async () => ({ go: true })));
  const heard = {
    started: [] as Payload<typeof buildStarted>[],
    finished: [] as Payload<typeof buildFinished>[],
    output: [] as Payload<typeof buildOutput>[],
  };
  stack.use(await bus.follow(buildStarted, "start", (it) => heard.started.push(it)));
  stack.use(await bus.follow(buildFinished, "start", (it) => heard.finished.push(it)));
  stack.use(await bus.follow(buildOutput, "start", (it) => heard.output.push(it)));
  const source = await world.blobs.put(await tarOf([["PKGBUILD", pkgbuildOf("app", body)]]));
  const request = requestOf(source, "app");
  await bus.publish(buildRequested, request);

  const startBuilder = async () => {
    await using own = new AsyncDisposableStack();
    const connected = own.use(await connect());
    const opened = { ...builder, open: inPlaceOfItsOwn(builder.open) };
    own.use(await start(opened, engineEnvironment(), { ...world, bus: connected, now: Date.now }));
    const resources = own.move();
    return { [Symbol.asyncDispose]: () => resources.disposeAsync() };
  };
  const resources = stack.move();
  return {
    nats,
    heard,
    request,
    startBuilder,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

const saysNow = `build() { echo now; sleep 4; echo later; }`;

test("a build that one builder gives back is done by the next, and finished once", async () => {
  await using it = await setup(saysNow);
  const first = await it.startBuilder();
  const printed = () => it.heard.output.map(({ text }) => text).join("");
  await vi.waitFor(() => expect(printed()).toContain("now\n"), { timeout: 40_000 });

  const stopping = performance.now();
  await first[Symbol.asyncDispose]();
  expect(performance.now() - stopping).toBeLessThan(5_000);
  expect(await containersWith(`kiln.build=${it.request.build}`)).toEqual([]);
  await using _ = await it.startBuilder();

  await vi.waitFor(() => expect(it.heard.finished).toHaveLength(1), { timeout: 60_000 });
  expect(it.heard.finished.map(({ outcome }) => outcome.kind)).toEqual(["built"]);
  expect(it.heard.started).toHaveLength(2);
  const last = it.heard.output.filter(({ startedAt }) => startedAt === it.heard.started[1]?.at);
  expect(last.map(({ index }) => index)).toEqual(
    Array.from({ length: it.heard.finished[0]?.outputs ?? 0 }, (_, index) => index),
  );
}, 120_000);

test("a build outlives a restart of nats-server in its middle", async () => {
  await using it = await setup(saysNow);
  await using _ = await it.startBuilder();
  const printed = () => it.heard.output.map(({ text }) => text).join("");
  await vi.waitFor(() => expect(printed()).toContain("now\n"), { timeout: 40_000 });

  await it.nats.restart();

  await vi.waitFor(() => expect(it.heard.finished).toHaveLength(1), { timeout: 60_000 });
  expect(it.heard.finished[0]?.outcome.kind).toBe("built");
  expect(it.heard.started).toHaveLength(1);
  expect(printed()).toMatch(/now\n.*later\n/s);
}, 120_000);
