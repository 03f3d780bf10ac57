import { expect, test } from "vitest";
import { highestOf, nextPkgrel, recipePkgrelOf, splitVersion } from "#shared/pacman/pkgrel.ts";

test("a version is its pkgver, with the epoch, and its pkgrel", () => {
  expect(splitVersion("2:1.0~rc1-3.1")).toEqual({ pkgver: "2:1.0~rc1", pkgrel: "3.1" });
});

test.each([
  ["none is used", "1", [], "1.1"],
  ["the recipe's own is used", "1", ["1"], "1.1"],
  ["others are used, in any order", "1", ["1.10", "1", "1.9"], "1.11"],
  ["those of another pkgrel are used", "1", ["10", "10.4", "2.7"], "1.1"],
  ["the recipe's pkgrel has a decimal", "1.1", ["1.1"], undefined],
])("the next pkgrel where %s", (_where, recipe, used, next) => {
  expect(nextPkgrel(recipe, used)).toBe(next);
});

test("the highest of no decimal is 0", () => {
  expect(highestOf("1", ["1", "2.4"])).toBe(0);
});

test("a recipe's pkgrel is what was built, but for the decimal that the build was given", () => {
  expect(recipePkgrelOf("1-2.3", "2.3")).toBe("2");
  expect(recipePkgrelOf("1-2.3", null)).toBe("2.3");
  expect(recipePkgrelOf("1-1", "2.3")).toBe("1");
});
