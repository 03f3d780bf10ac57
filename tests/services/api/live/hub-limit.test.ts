import { expect, test } from "vitest";
import { openHub } from "../../../../services/api/live/hub.ts";
import { makeWorld } from "../../../support/world.ts";

test("of those who come all at once no more than may follow do", async () => {
  await using world = await makeWorld();
  const { log, follow } = world;
  await using hub = await openHub({ log, follow, findUnfinished: async () => [] });

  const came = await Promise.allSettled(Array.from({ length: 2_001 }, () => hub.subscribe("foo")));

  expect(came.filter(({ status }) => status === "rejected")).toHaveLength(1);
  expect(hub.count()).toBe(2_000);
});
