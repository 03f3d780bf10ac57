import { expect, test } from "vitest";
import { vercmp } from "#shared/pacman/vercmp.ts";

const ascending = [
  ["1.0a", "1.0b", "1.0beta", "1.0p", "1.0pre", "1.0rc", "1.0", "1.0.a", "1.0.1"],
  ["1", "1.0", "1.1", "1.1.1", "1.2", "2.0", "3.0.0"],
  ["1.2-1", "1.2-2", "1.2-10", "1.3-1", "1:0.1-1"],
  ["1.1", "1é1", "1.é1"],
  ["r9.abc", "r10.abc", "20240101", "9007199254740993", "9007199254740994"],
];

test.each(ascending)("%s comes first, and every later version is newer", (...versions) => {
  expect(versions.toReversed().toSorted(vercmp)).toEqual(versions);
});

test.each([
  ["1.2", "1.2-7"],
  ["0:1-1", "1-1"],
  [":1-1", "1-1"],
  ["1.007", "1.7"],
  ["1.0", "1_0"],
])("%s is as new as %s", (a, b) => {
  expect(vercmp(a, b)).toBe(0);
});

test("an empty release is older than any other", () => {
  expect(vercmp("1-", "1-1")).toBe(-1);
});
