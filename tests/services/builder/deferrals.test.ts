import { expect, test } from "vitest";
import { makeDeferrals } from "../../../services/builder/deferrals.ts";

test("work is left to others twice as long each time, up to a minute, each for itself", () => {
  const deferrals = makeDeferrals<string>();

  const waits = Array.from({ length: 7 }, () => deferrals.next("one"));

  expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  expect(deferrals.next("other")).toBe(2_000);
});
