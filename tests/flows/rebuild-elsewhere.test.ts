import * as v from "valibot";
import { expect, test } from "vitest";
import type { Payload } from "#shared/bus/declare.ts";
import { connectJetStream } from "#shared/bus/jetstream.ts";
import { messages } from "#shared/messages/index.ts";
import { claimRebuild, rebuildFinished, rebuildRequested } from "#shared/messages/rebuild.ts";
import { BuilderName } from "#shared/model.ts";
import { start } from "#shared/service/start.ts";
import { minutes } from "#shared/time.ts";
import { openWith } from "../../services/builder/context.ts";
import { builder } from "../../services/builder/service.ts";
import { tarOf } from "../support/archive.ts";
import { pkgbuildOf, rebuildOf, requestOf } from "../support/builder.ts";
import { fakeEngine } from "../support/fake-containers.ts";
import { startNats } from "../support/nats.ts";
import { makeWorld, silentLog } from "../support/world.ts";

const patience = { timeout: 50_000 };

/** A bus for builders with engines of memory. */
const setup = async () => {
  await using stack = new AsyncDisposableStack();
  const nats = stack.use(await startNats());
  const world = stack.use(await makeWorld());
  const connect = () => connectJetStream({ servers: nats.url, messages, log: silentLog });
  const bus = stack.use(await connect());
  stack.use(await bus.answer("verifier", claimRebuild, async () => ({ go: true })));
  const finished: Payload<typeof rebuildFinished>[] = [];
  stack.use(await bus.follow(rebuildFinished, "start", (it) => finished.push(it)));

  const source = await world.blobs.put(await tarOf([["PKGBUILD", pkgbuildOf("app")]]));
  const record = "format = 2\npkgname = app\npkgver = 1-1\npkgarch = any\n";
  const buildinfo = await world.blobs.put(new TextEncoder().encode(record));
  const builtBy = v.parse(BuilderName, "one");
  const request = rebuildOf(requestOf(source, "app"), buildinfo, { builtBy });

  const startBuilder = async (name: string) => {
    await using own = new AsyncDisposableStack();
    const fake = fakeEngine({ packages: [["app-1-1-any.pkg.tar.zst", "content"]] });
    const opened = Promise.withResolvers<Awaited<ReturnType<typeof openWith>>>();
    const open = (base: Parameters<typeof builder.open>[0]) => {
      opened.resolve(openWith(fake.engine, base));
      return opened.promise;
    };
    const surroundings = { ...world, bus: own.use(await connect()) };
    own.use(await start({ ...builder, open }, { BUILDER_NAME: name }, surroundings));
    const { peers } = await opened.promise;
    const resources = own.move();
    return {
      untilHearsOther: () => expect.poll(peers.hasOther, patience).toBe(true),
      [Symbol.asyncDispose]: () => resources.disposeAsync(),
    };
  };
  const resources = stack.move();
  return {
    clock: world.clock,
    startBuilder,
    ask: () => bus.publish(rebuildRequested, request),
    finishedBy: () => finished.map((it) => it.builder),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

test("what one builder built another rebuilds", async () => {
  await using it = await setup();
  await using one = await it.startBuilder("one");
  await using _ = await it.startBuilder("two");
  await one.untilHearsOther();

  await it.ask();

  await expect.poll(it.finishedBy, patience).toEqual(["two"]);
});

test("where the other goes silent, the builder that built it rebuilds it itself", async () => {
  await using it = await setup();
  await using one = await it.startBuilder("one");
  const other = await it.startBuilder("two");
  await one.untilHearsOther();
  await other[Symbol.asyncDispose]();
  await it.ask();

  it.clock.at += minutes(2);

  await expect.poll(it.finishedBy, patience).toEqual(["one"]);
});
