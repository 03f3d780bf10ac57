import { expect, test } from "vitest";
import { needsOthers } from "../../../services/resolver/closure.ts";
import { finderOf, offersOf } from "../../../services/resolver/providers.ts";
import { close, officialOf, srcinfoOf, type World } from "../../support/closure.ts";
import type { Recipe } from "../../support/recipe.ts";

const lib = { pkgbase: "lib" };

test.each<[string, Recipe, World, unknown]>([
  ["nothing is needed", lib, {}, []],
  [
    "the official repositories have it",
    { pkgbase: "a", depends: ["glibc>=2", "libbash.so=6-64"] },
    {},
    [],
  ],
  ["a package has it", { pkgbase: "a", depends: ["lib"] }, { own: [lib] }, []],
  [
    "a package has it in too old a version",
    { pkgbase: "a", depends: ["lib>2"] },
    { own: [lib] },
    { kind: "unmet", missing: ["lib>2"] },
  ],
  [
    "nobody has it",
    { pkgbase: "a", depends: ["lib", "lib2"] },
    {},
    { kind: "unmet", missing: ["lib", "lib2"] },
  ],
  ["the AUR has it", { pkgbase: "a", makedepends: ["lib"] }, { aur: [lib] }, ["lib"]],
  [
    "a library without a version, which makepkg writes when it builds",
    { pkgbase: "a", depends: ["libx.so=1-64"] },
    { aur: [{ pkgbase: "x", provides: ["libx.so"] }] },
    ["x"],
  ],
  [
    "a library of a package that is added",
    { pkgbase: "a", depends: ["libx.so=1-64"] },
    { own: [{ pkgbase: "x", provides: ["libx.so"] }] },
    [],
  ],
  [
    "the AUR has it in too old a version",
    { pkgbase: "a", depends: ["lib>=2"] },
    { aur: [lib] },
    { kind: "unmet", missing: ["lib>=2"] },
  ],
  [
    "it is found over three steps, each before what needs it",
    { pkgbase: "a", depends: ["b"] },
    { aur: [{ pkgbase: "b", checkdepends: ["c"] }, { pkgbase: "c", depends: ["lib"] }, lib] },
    ["lib", "c", "b"],
  ],
  [
    "two need the same",
    { pkgbase: "a", depends: ["b", "c"] },
    { aur: [{ pkgbase: "b", depends: ["lib"] }, { pkgbase: "c", depends: ["lib"] }, lib] },
    ["lib", "b", "c"],
  ],
  [
    "a later step lacks something",
    { pkgbase: "a", depends: ["b"] },
    { aur: [{ pkgbase: "b", depends: ["none"] }] },
    { kind: "unmet", missing: ["none"] },
  ],
  [
    "a cycle ends",
    { pkgbase: "a", depends: ["b"] },
    {
      aur: [
        { pkgbase: "b", depends: ["c"] },
        { pkgbase: "c", depends: ["b", "a"] },
      ],
    },
    ["c", "b"],
  ],
  ["a package needs itself", { pkgbase: "a", depends: ["a"] }, {}, []],
  ["a split package needs its own", { pkgbase: "s", packages: { x: [], y: ["x"] } }, {}, []],
  [
    "a split package of no member's name needs something",
    { pkgbase: "s", packages: { x: ["lib"], y: [] } },
    { aur: [lib] },
    ["lib"],
  ],
  [
    "a member of a split package is needed",
    { pkgbase: "a", depends: ["y"] },
    { aur: [{ pkgbase: "s", packages: { x: [], y: ["x"] } }] },
    ["s"],
  ],
  [
    "the name goes before who provides it",
    { pkgbase: "a", depends: ["lib"] },
    { aur: [{ pkgbase: "lib-git", provides: ["lib"] }, lib], votes: { "lib-git": 99 } },
    ["lib"],
  ],
  [
    "of those that provide it, most votes win",
    { pkgbase: "a", depends: ["api"] },
    {
      aur: [
        { pkgbase: "x", provides: ["api"] },
        { pkgbase: "y", provides: ["api"] },
      ],
      votes: { y: 1 },
    },
    ["y"],
  ],
  [
    "of equals, the first name wins",
    { pkgbase: "a", depends: ["api"] },
    {
      aur: [
        { pkgbase: "y", provides: ["api"] },
        { pkgbase: "x", provides: ["api"] },
      ],
    },
    ["x"],
  ],
  [
    "too old a name, but one provides the version",
    { pkgbase: "a", depends: ["lib>=2"] },
    { aur: [lib, { pkgbase: "lib2", provides: ["lib=2"] }] },
    ["lib2"],
  ],
  [
    "what comes along anyway provides it",
    { pkgbase: "a", depends: ["b", "api"] },
    { aur: [{ pkgbase: "b", provides: ["api"] }, { pkgbase: "api" }] },
    ["b"],
  ],
  [
    "a pkgbase called as an official package is itself",
    { pkgbase: "bash", depends: ["lib"] },
    { aur: [lib] },
    ["lib"],
  ],
])("when %s", (_, target, world, expected) => {
  expect(close(target, world)).toEqual(expected);
});

/** Its packages are called as official ones, as in the AUR. */
const impostor = {
  pkgbase: "glibc-eac",
  provides: ["bash=99", "libglibc.so=6-64"],
  packages: { glibc: [], "lib32-glibc": [] },
};

test("a package that follows the AUR will have what the AUR has; one from elsewhere will not", () => {
  const target = { pkgbase: "a", depends: ["lib>=2"] };
  const world = { own: [lib], aur: [{ pkgbase: "lib", version: "2-1" }] };

  expect(close(target, { ...world, following: ["lib"] })).toEqual([]);
  expect(close(target, { ...world, elsewhere: ["lib"] })).toEqual({
    kind: "unmet",
    missing: ["lib>=2"],
  });
});

test.each([["glibc"], ["glibc>=2.38"], ["bash"], ["libglibc.so=6-64"]])(
  "an official %s stays official, whatever the AUR and the packages offer",
  (need) => {
    const target = { pkgbase: "a", depends: [need] };

    expect(close(target, { aur: [impostor] })).toEqual([]);
    expect(close(target, { own: [impostor] })).toEqual([]);
  },
);

test("what the official repositories may have is not looked for elsewhere while they cannot be read", () => {
  const official = { ...officialOf("bash"), problem: "no mirror" };

  const target = { pkgbase: "a", depends: ["glibc", "bash", "lib"] };

  expect(close(target, { official, own: [lib], aur: [impostor] })).toEqual({
    kind: "blind",
    missing: ["glibc"],
    problem: "no mirror",
  });
});

test.each<[Recipe, boolean]>([
  [{ pkgbase: "a" }, false],
  [{ pkgbase: "a", depends: ["lib", "a"] }, false],
  [{ pkgbase: "a", depends: ["glibc"] }, true],
])("%j needs others: %s", (target, expected) => {
  const own = finderOf(offersOf(srcinfoOf(lib), "x86_64"));

  expect(
    needsOthers(srcinfoOf(target), {
      arch: "x86_64",
      isOwn: (need) => own(need) !== undefined,
      isFollowing: () => false,
      isElsewhere: () => false,
    }),
  ).toBe(expected);
});
