import { expect, test } from "vitest";
import { settle } from "#shared/bus/settle.ts";
import { Fault, type FaultKind } from "#shared/fault.ts";
import { minutes, seconds } from "#shared/time.ts";

const fault = (kind: FaultKind) => new Fault(kind, "refused");
const bug = new TypeError("not a function");

test.each(["invalid", "unauthenticated", "forbidden", "missing"] as const)(
  "a message refused as %s is given up at once",
  (kind) => {
    expect(settle(fault(kind), 1)).toEqual({ kind: "drop" });
  },
);

test.each([
  [1, seconds(1)],
  [2, seconds(2)],
  [3, seconds(4)],
  [9, seconds(256)],
])("failure %i of a conflict or a bug is tried again after %i ms", (failures, after) => {
  expect(settle(fault("conflict"), failures)).toEqual({ kind: "retry", after });
  expect(settle(bug, failures)).toEqual({ kind: "retry", after });
});

test("the tenth failure of a conflict or a bug is the last", () => {
  expect(settle(fault("conflict"), 10)).toEqual({ kind: "drop" });
  expect(settle(bug, 10)).toEqual({ kind: "drop" });
});

test.each([
  [8, seconds(128)],
  [10, minutes(5)],
  [10_000, minutes(5)],
])("what is unavailable is waited for without end: failure %i, %i ms", (failures, after) => {
  expect(settle(fault("unavailable"), failures)).toEqual({ kind: "retry", after });
});
