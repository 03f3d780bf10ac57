import { expect, test } from "vitest";
import { squeezed, trimmed } from "#shared/pacman/white-space.ts";

test("white space at the ends is none of a text, but a no-break space is", () => {
  expect(trimmed(" \t\r\n\v\f a  b \n")).toBe("a  b");
  expect(trimmed(" \u00a0a\u2003 ")).toBe("\u00a0a\u2003");
  expect(trimmed(" \t ")).toBe("");
});

test("a run of white space becomes one space, but for no-break spaces", () => {
  expect(squeezed("a \t b\u00a0\u00a0c")).toBe("a b\u00a0\u00a0c");
});
