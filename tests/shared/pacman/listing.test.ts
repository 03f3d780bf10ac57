import { expect, test } from "vitest";
import { listingOf } from "#shared/pacman/listing.ts";

test("names are sorted by their bytes, each once", () => {
  const sorted = ["Z", "a.b", "a/", "a/b", "a0b", "ä", "\uffee", "𝄞"];

  expect(listingOf([...sorted.toReversed(), "a/"])).toEqual(sorted);
});

test("what would not print is escaped", () => {
  expect(listingOf(["a\\x2d", "b\nc", "d\x01\x7f", "e\u0085"])).toEqual([
    "a\\\\x2d",
    "b\\nc",
    "d\\001\\177",
    "e\\302\\205",
  ]);
});
