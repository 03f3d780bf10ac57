import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { builderAnnounced } from "#shared/messages/builder.ts";
import { start } from "#shared/service/start.ts";
import { openWith } from "../../../services/builder/context.ts";
import { builder } from "../../../services/builder/service.ts";
import { startFakeBuilder } from "../../support/fake-builder.ts";
import { fakeEngine } from "../../support/fake-containers.ts";
import { makeWorld } from "../../support/world.ts";

test("a builder says at its start that it lives", async () => {
  await using it = await startFakeBuilder({}, { BUILDER_NAME: "one", BUILDER_SLOTS: "3" });

  await expect
    .poll(() => it.builder.bus.sent(builderAnnounced))
    .toEqual([{ builder: "one", slots: 3, at: expect.any(Number) }]);
});

test("a builder without its image says nothing, as others would wait for it", async () => {
  const asked = Promise.withResolvers<void>();
  const demandImage = async () => {
    asked.resolve();
    throw new Fault("missing", "no image");
  };
  await using it = await startFakeBuilder({ demandImage });

  await asked.promise;
  await it.builder.running[Symbol.asyncDispose]();

  expect(it.builder.bus.sent(builderAnnounced)).toEqual([]);
});

test("a builder without room for what is built says nothing either", async () => {
  const asked = Promise.withResolvers<void>();
  const ping = async () => {
    asked.resolve();
    throw new Fault("unavailable", "no room");
  };
  await using world = await makeWorld();
  const open: typeof builder.open = (base) => openWith(fakeEngine().engine, base);
  await using running = await start(
    { ...builder, open },
    {},
    { ...world, blobs: { ...world.blobs, ping } },
  );

  await asked.promise;
  await running[Symbol.asyncDispose]();

  expect(world.bus.sent(builderAnnounced)).toEqual([]);
});
