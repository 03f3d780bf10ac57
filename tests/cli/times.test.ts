import { expect, test } from "vitest";
import { ago, lasting } from "../../cli/times.ts";

const at = (milliseconds: number) => new Date(milliseconds).toISOString();

test.each([
  [0, "just now"],
  [999, "just now"],
  [1_000, "1 second ago"],
  [59_999, "59 seconds ago"],
  [60_000, "1 minute ago"],
  [7_200_000, "2 hours ago"],
  [86_400_000, "1 day ago"],
  [864_000_000, "10 days ago"],
  [-5_000, "just now"],
])("%i ms before now is %s", (passed, text) => {
  expect(ago(at(1_000_000_000_000 - passed), 1_000_000_000_000)).toBe(text);
});

test.each([
  [0, "0.0 s"],
  [4_250, "4.3 s"],
  [42_400, "42 s"],
  [63_000, "1 min 3 s"],
  [3_600_000, "1 h 0 min"],
  [7_385_000, "2 h 3 min"],
])("%i ms last %s", (passed, text) => {
  expect(lasting(at(0), at(passed))).toBe(text);
});
