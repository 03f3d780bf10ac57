import { expect, test } from "vitest";
import { type Copy, chooseLeaving, stay } from "#shared/blobs/choose-copies.ts";

const now = 1_000_000_000;

const copy = (sha256: string, bytes: number, unused: number, links = 1): Copy => ({
  sha256,
  bytes,
  links,
  usedAt: now - stay - unused,
});

test.each([
  ["nothing, where all fit", [copy("a", 60, 2), copy("b", 40, 1)], []],
  ["those wanted longest ago", [copy("a", 50, 1), copy("b", 50, 3), copy("c", 50, 2)], ["b"]],
  ["as many as it takes", [copy("a", 90, 1), copy("b", 50, 3), copy("c", 50, 2)], ["b", "c"]],
  ["none of which another name makes no room", [copy("a", 500, 9, 2), copy("b", 90, 1)], []],
  ["none that was wanted just now", [copy("a", 500, -1), copy("b", 90, 1)], ["b"]],
  ["none of a moment that is to come", [copy("a", 500, -stay - 1)], []],
])("there leave %s", (_, copies, expected) => {
  expect(chooseLeaving(copies, 100, now)).toEqual(expected);
});
