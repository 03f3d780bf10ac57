import { expect, test } from "vitest";
import { parseSrcinfo } from "#shared/pacman/srcinfo.ts";
import { planNeeds } from "../../../services/resolver/plan.ts";
import { finderOf, type Official } from "../../../services/resolver/providers.ts";
import { type Recipe, recipe } from "../../support/recipe.ts";

const find = finderOf([{ name: "glibc", version: "2.38-1" }]);
const readable: Official = { has: (dependency) => find(dependency) !== undefined };

type World = {
  /** Names of published packages with their versions and what they depend on. */
  readonly published?: Readonly<Record<string, readonly [version: string, ...depends: string[]]>>;
  readonly added?: readonly Recipe[];
  readonly official?: Official;
};

const plan = (
  coming: readonly Recipe[],
  { published = {}, added = [], official = readable }: World = {},
) => {
  const parsed = coming.map((it) => parseSrcinfo(recipe(it).srcinfo));
  const planned = planNeeds(new Map(parsed.map((it) => [it.pkgbase, it])), {
    arch: "x86_64",
    official,
    published: Object.entries(published).map(([name, [version, ...depends]]) => ({
      pkgbase: name,
      name,
      version,
      depends,
    })),
    added: added.map((it) => parseSrcinfo(recipe(it).srcinfo)),
  });
  return Object.fromEntries(
    [...planned].map(([pkgbase, { needs, missing, unbuilt }]) => [
      pkgbase,
      [needs, missing, unbuilt],
    ]),
  );
};

test("needs are transitive, in the session's order", () => {
  expect(
    plan([
      { pkgbase: "app", depends: ["mid>=1", "glibc"] },
      { pkgbase: "lib" },
      { pkgbase: "mid", makedepends: ["lib"] },
      { pkgbase: "free" },
    ]),
  ).toEqual({
    app: [["lib", "mid"], [], []],
    lib: [[], [], []],
    mid: [["lib"], [], []],
    free: [[], [], []],
  });
});

test("needs go through what is published and not being built", () => {
  const published = { between: ["1-1", "lib"] } as const;

  expect(
    plan([{ pkgbase: "app", depends: ["between"] }, { pkgbase: "lib" }], { published }),
  ).toEqual({
    app: [["lib"], [], []],
    lib: [[], [], []],
  });
});

test("a split package needs nothing of its own, and is found by its packages' names", () => {
  const split = { pkgbase: "split", packages: { a: ["b"], b: [] } };

  expect(plan([split, { pkgbase: "app", depends: ["b"] }])).toEqual({
    split: [[], [], []],
    app: [["split"], [], []],
  });
});

test("a package called as an official one is itself, and nobody's need", () => {
  expect(
    plan([
      { pkgbase: "glibc", depends: ["lib"] },
      { pkgbase: "lib", depends: ["glibc"] },
    ]),
  ).toEqual({
    glibc: [["lib"], [], []],
    lib: [[], [], []],
  });
});

test.each<[string, World, readonly string[], readonly string[]]>([
  ["nobody has it", {}, ["lib>=2"], []],
  ["it is published", { published: { lib: ["2-1"] } }, [], []],
  ["it is published in too old a version", { published: { lib: ["1-1"] } }, ["lib>=2"], []],
  [
    "it is added and was never built",
    { added: [{ pkgbase: "lib", version: "2-1" }] },
    ["lib>=2"],
    ["lib>=2"],
  ],
  ["it is added in too old a version", { added: [{ pkgbase: "lib" }] }, ["lib>=2"], []],
  [
    "it is added and was built before in too old a version",
    { added: [{ pkgbase: "lib", version: "2-1" }], published: { lib: ["1-1"] } },
    ["lib>=2"],
    [],
  ],
  [
    "a mirror that cannot be read may have it",
    { official: { ...readable, problem: "no mirror" } },
    [],
    [],
  ],
])("of what is needed, %s", (_, world, missing, unbuilt) => {
  expect(plan([{ pkgbase: "app", depends: ["lib>=2"] }], world)).toEqual({
    app: [[], missing, unbuilt],
  });
});

const cycle = [
  { pkgbase: "a", depends: ["b"] },
  { pkgbase: "b", depends: ["a"] },
];

test("in a cycle each waits for the other", () => {
  expect(plan(cycle)).toEqual({ a: [["b"], [], []], b: [["a"], [], []] });
});

test("a cycle opens where what is needed is published", () => {
  expect(plan(cycle, { published: { b: ["1-1"] } })).toEqual({
    a: [[], [], []],
    b: [["a"], [], []],
  });
});

test("what is published is waited for all the same where there is no cycle", () => {
  expect(
    plan([{ pkgbase: "app", depends: ["lib"] }, { pkgbase: "lib" }], {
      published: { lib: ["1-1"] },
    }),
  ).toEqual({
    app: [["lib"], [], []],
    lib: [[], [], []],
  });
});
