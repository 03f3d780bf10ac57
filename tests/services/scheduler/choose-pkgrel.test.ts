import { expect, test } from "vitest";
import { choosePkgrel, numberedOf } from "../../../services/scheduler/choose-pkgrel.ts";

const terms = { promised: "1-2", published: undefined, renumber: false, used: [] };
const own = { version: "1-2.3", pkgrel: "2.3" };

test("a source that is not published keeps its recipe's pkgrel", () => {
  expect(choosePkgrel(terms)).toEqual({ version: "1-2", pkgrel: null });
});

test("a source that is published by a pkgrel of kiln's is built by that one again", () => {
  expect(choosePkgrel({ ...terms, published: own })).toEqual(own);
});

test.each([
  ["was never published", undefined, [], { version: "1-2", pkgrel: null }],
  ["was published", undefined, ["2"], { version: "1-2.1", pkgrel: "2.1" }],
  ["is published by a pkgrel of kiln's", own, ["2", "2.3"], { version: "1-2.4", pkgrel: "2.4" }],
  [
    "was built of another version than promised",
    { version: "r9-1", pkgrel: null },
    ["1"],
    { version: "r9-1.1", pkgrel: "1.1" },
  ],
] as const)(
  "a build that is to be renumbered whose version %s",
  (_how, published, used, chosen) => {
    expect(choosePkgrel({ ...terms, published, renumber: true, used })).toEqual(chosen);
  },
);

test("a recipe with a decimal keeps its pkgrel, as makepkg takes no second one", () => {
  const chosen = choosePkgrel({ ...terms, promised: "1-2.5", renumber: true, used: ["2.5"] });

  expect(chosen).toEqual({ version: "1-2.5", pkgrel: null });
});

test("the names that may be used are those of what is published, by the recipe's pkgrel", () => {
  expect(numberedOf("1-1", { version: "2:r9-2.3", pkgrel: "2.3" })).toEqual({
    pkgver: "2:r9",
    pkgrel: "2",
  });
});
