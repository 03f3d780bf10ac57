import { expect, test } from "vitest";
import { parseSrcinfo } from "#shared/pacman/srcinfo.ts";
import { planNeeds } from "../../../services/resolver/plan.ts";
import {
  finderOf,
  type Official,
  offersOf,
  recipeOf,
} from "../../../services/resolver/providers.ts";
import { type Recipe, recipe } from "../../support/recipe.ts";

const find = finderOf([{ name: "glibc", version: "2.38-1" }]);
const readable: Official = {
  has: (dependency) => find(dependency) !== undefined,
  isGroup: () => false,
};

type World = {
  /** Names of published packages with their versions and what they depend on. */
  readonly published?: Readonly<Record<string, readonly [version: string, ...depends: string[]]>>;
  readonly added?: readonly Recipe[];
  readonly official?: Official;
};

/** What each node needs (`lib?`: a published lib would do), what it lacks, and what of that was never built. */
const plan = (
  coming: readonly Recipe[],
  { published = {}, added = [], official = readable }: World = {},
) => {
  const parsed = (it: Recipe) => parseSrcinfo(recipe(it).srcinfo);
  const planned = planNeeds(
    coming.map((it) => recipeOf(parsed(it), "x86_64")),
    {
      official,
      findPublished: finderOf(
        Object.entries(published).map(([name, [version, ...depends]]) => ({
          pkgbase: name,
          name,
          version,
          depends,
        })),
      ),
      unbuilt: added.flatMap((it) => offersOf(parsed(it), "x86_64")),
    },
  );
  return Object.fromEntries(
    [...planned].map(({ node, edges, missing, unbuilt }) => [
      node,
      [edges.map(({ needs, published }) => (published ? `${needs}?` : needs)), missing, unbuilt],
    ]),
  );
};

test("needs are direct steps, without what the official repositories have", () => {
  expect(
    plan([
      { pkgbase: "app", depends: ["mid>=1", "glibc"] },
      { pkgbase: "lib" },
      { pkgbase: "mid", makedepends: ["lib"] },
      { pkgbase: "free" },
    ]),
  ).toEqual({
    app: [["mid"], [], []],
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
    app: [["file/between"], [], []],
    lib: [[], [], []],
    "file/between": [["lib"], [], []],
  });
});

test("what is published and nobody needs is no part of the plan", () => {
  const published = { other: ["1-1", "lib"] } as const;

  expect(plan([{ pkgbase: "lib" }], { published })).toEqual({ lib: [[], [], []] });
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
    "a mirror that cannot be read may have it",
    { official: { ...readable, problem: "no mirror" } },
    [],
    [],
  ],
])("of what is needed, %s", (_, world, missing, unbuilt) => {
  const [, ...lacks] = plan([{ pkgbase: "app", depends: ["lib>=2"] }], world).app ?? [];

  expect(lacks).toEqual([missing, unbuilt]);
});

test("of two needs of one package, the published version would do for the package only if it does for both", () => {
  const coming = [
    { pkgbase: "app", depends: ["lib", "lib>=2"] },
    { pkgbase: "lib", version: "2-1" },
  ];

  expect([
    plan(coming, { published: { lib: ["1-1"] } }).app,
    plan(coming, { published: { lib: ["2-0"] } }).app,
  ]).toEqual([
    [["lib"], [], []],
    [["lib?"], [], []],
  ]);
});
