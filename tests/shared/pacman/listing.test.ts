import { expect, test } from "vitest";
import { listingOf } from "#shared/pacman/listing.ts";

test("names are sorted by their bytes, each once", () => {
  const sorted = ["Z", "a.b", "a/", "a/b", "a0b", "ä", "\uffee", "𝄞"];

  expect(listingOf([...sorted.toReversed(), "a/"])).toEqual(sorted);
});

test("what would not print is escaped", () => {
  expect(listingOf(["a\\x2d", "b\nc", "d\x01\x7f", "e\u0085", "f\u2028", "g\ufffe"])).toEqual([
    "a\\\\x2d",
    "b\\nc",
    "d\\001\\177",
    "e\\302\\205",
    "f\\342\\200\\250",
    "g\\357\\277\\276",
  ]);
});

test("a letter and its marks are listed as the one letter that they make", () => {
  expect(listingOf(["e\u0301", "\u1112\u1161\u11ab", "\u212b"])).toEqual([
    "\u00e9",
    "\u212b",
    "\ud55c",
  ]);
});
