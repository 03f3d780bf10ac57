import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { builderAnnounced } from "#shared/messages/builder.ts";
import { startFakeBuilder } from "../../support/fake-builder.ts";

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
