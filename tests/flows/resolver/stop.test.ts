import * as v from "valibot";
import { expect, test } from "vitest";
import { connectJetStream } from "#shared/bus/jetstream.ts";
import { messages } from "#shared/messages/index.ts";
import { addRequested } from "#shared/messages/resolve.ts";
import { AddId } from "#shared/model.ts";
import { serve } from "#shared/runtime.ts";
import { start } from "#shared/service/start.ts";
import { adds } from "#shared/state/adds.ts";
import { seconds } from "#shared/time.ts";
import { resolver } from "../../../services/resolver/service.ts";
import { startNats } from "../../support/nats.ts";
import { makeWorld, silentLog } from "../../support/world.ts";

test("a resolver that waits for a silent git server stops at once, and leaves the add to the next one", async () => {
  await using nats = await startNats();
  await using world = await makeWorld();
  await using bus = await connectJetStream({ servers: nats.url, messages, log: silentLog });
  const reached = Promise.withResolvers<void>();
  await using silent = await serve(
    () => {
      reached.resolve();
      return new Promise<Response>(() => {});
    },
    "127.0.0.1",
    0,
  );
  const service = await start(resolver, { DATA_DIR: world.directory }, { ...world, bus });
  const url = `http://127.0.0.1:${silent.port}/x.git`;
  const add = v.parse(AddId, crypto.randomUUID());
  await bus.publish(addRequested, {
    add,
    spec: { type: "git", url, devel: false },
    replace: false,
  });
  await reached.promise;
  const before = performance.now();

  await service[Symbol.asyncDispose]();

  expect(await world.state.read.select().from(adds)).toMatchObject([{ id: add, result: null }]);
  expect(performance.now() - before).toBeLessThan(seconds(20));
});
