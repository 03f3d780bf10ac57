import { expect, test } from "vitest";
import { minutes } from "#shared/time.ts";
import { prune } from "../../services/resolver/prune.ts";
import { recipe } from "../support/recipe.ts";
import { startResolver } from "../support/resolver.ts";

/** What an add says of a package that the AUR has. */
const fromAur = (pkgbase: string) => ({
  pkgbase,
  spec: { type: "aur", name: pkgbase },
  specHash: expect.stringMatching(/^[0-9a-f]{64}$/),
  source: expect.any(String),
});

const chain = [
  recipe({ pkgbase: "demo-app", depends: ["demo-mid>=2"], makedepends: ["cmake"] }),
  recipe({ pkgbase: "demo-mid", version: "1:2-1", depends: ["demo-lib", "bash"] }),
  recipe({ pkgbase: "demo-lib", depends: ["glibc"], checkdepends: ["sh"] }),
];

test("a chain of three comes whole: the asked-for package, then each dependency before what needs it", async () => {
  await using it = await startResolver();
  for (const package_ of chain) await it.aur.add(package_);

  const answer = await it.add({ type: "aur", name: "demo-app" });

  expect(answer).toEqual({
    kind: "resolved",
    packages: [
      { ...fromAur("demo-app"), devel: false, dependency: false },
      { ...fromAur("demo-lib"), devel: false, dependency: true },
      { ...fromAur("demo-mid"), devel: false, dependency: true },
    ],
  });
  const rows = await it.rows();
  const facts = rows.map(({ pkgbase, state, srcinfo }) => ({ pkgbase, state, srcinfo }));
  const row = (pkgbase: string, state: string, srcinfo?: string) => ({
    pkgbase,
    state,
    srcinfo,
  });
  expect(facts).toEqual([
    row("demo-app", "1-1", chain[0]?.srcinfo),
    row("demo-lib", "1-1", chain[2]?.srcinfo),
    row("demo-mid", "1:2-1", chain[1]?.srcinfo),
  ]);
});

test("dependencies that are packages already do not come again", async () => {
  await using it = await startResolver();
  for (const package_ of chain) await it.aur.add(package_);
  await it.adopt({ type: "aur", name: "demo-mid" });

  const packages = await it.adopt({ type: "aur", name: "demo-app" });

  expect(packages).toEqual([{ ...fromAur("demo-app"), devel: false, dependency: false }]);
});

test("a dependency that nobody has leaves nothing behind that a package could be made of", async () => {
  await using it = await startResolver();
  await it.aur.add(recipe({ pkgbase: "demo-top", depends: ["demo-orphan"] }));
  await it.aur.add(recipe({ pkgbase: "demo-orphan", depends: ["no-such>=1", "glibc>999"] }));

  const answer = await it.add({ type: "aur", name: "demo-top" });

  expect(answer).toEqual({
    kind: "unmet",
    pkgbase: "demo-top",
    missing: ["no-such>=1", "glibc>999"],
  });
  it.world.clock.at += minutes(60) + 1;
  await prune({ ...it.world, git: { removeAbandoned: async () => {} } });
  expect(await it.rows()).toEqual([]);
});

test("a name that the AUR does not know is unknown", async () => {
  await using it = await startResolver();

  expect(await it.add({ type: "aur", name: "nope-nope" })).toEqual({
    kind: "unknown",
    name: "nope-nope",
  });
});

/** A pkgbase that is no pkgname, as kb16-suite of the cases. */
const suite = recipe({ pkgbase: "demo-suite", packages: { "demo-one": [], "demo-two": [] } });

test.each(["demo-suite", "demo-one", "demo-two"])(
  "a pkgbase that is no pkgname is added by %s, and is updated later",
  async (name) => {
    await using it = await startResolver();
    await it.aur.add(suite);

    const answer = await it.adopt({ type: "aur", name });
    const plan = await it.plan(["demo-suite"]);

    const spec = { type: "aur", name: name === "demo-suite" ? "demo-one" : name };
    expect(answer).toEqual([{ ...fromAur("demo-suite"), spec, devel: false, dependency: false }]);
    expect(plan).toMatchObject([{ pkgbase: "demo-suite", problem: null }]);
    expect(await it.add({ type: "aur", name: "demo-suite" })).toEqual({
      kind: "exists",
      pkgbase: "demo-suite",
    });
  },
);

test("a name that the AUR does not know is unknown, with the pkgbases that begin so", async () => {
  await using it = await startResolver();
  await it.aur.add(suite);

  expect(await it.add({ type: "aur", name: "demo-s" })).toEqual({
    kind: "unknown",
    name: "demo-s",
    similar: ["demo-suite"],
  });
});

test("an AUR that is down is said so, and leaves nothing behind", async () => {
  await using it = await startResolver();
  it.aur.faults.down = true;

  const answer = await it.add({ type: "aur", name: "demo-app" });

  expect(answer).toEqual({
    kind: "unusable",
    message: `cannot ask the AUR at ${it.aur.url}: it answered 503 Service Unavailable`,
  });
  expect(await it.rows()).toEqual([]);
});

test("a package that is there is there, and is replaced when asked to be", async () => {
  await using it = await startResolver();
  await it.aur.add(
    recipe({ pkgbase: "demo-split", packages: { "demo-a": [], "demo-b": ["demo-a"] } }),
  );
  const [first] = await it.adopt({ type: "aur", name: "demo-b" });

  const again = await it.add({ type: "aur", name: "demo-a" });
  const [replaced] = await it.adopt({ type: "aur", name: "demo-a" }, true);

  const split = { ...fromAur("demo-split"), devel: false, dependency: false };
  expect(first).toEqual({ ...split, spec: { type: "aur", name: "demo-b" } });
  expect(again).toEqual({ kind: "exists", pkgbase: "demo-split" });
  expect(replaced).toEqual({ ...split, spec: { type: "aur", name: "demo-a" } });
  expect(replaced?.source).not.toBe(first?.source);
});

test("what only provides a name is found, the one with most votes", async () => {
  await using it = await startResolver();
  await it.aur.add({ ...recipe({ pkgbase: "few", provides: ["virtual=2"] }), votes: 1 });
  await it.aur.add({ ...recipe({ pkgbase: "many", provides: ["virtual=2"] }), votes: 9 });
  await it.aur.add({ ...recipe({ pkgbase: "old", provides: ["virtual=1"] }), votes: 99 });
  await it.aur.add(recipe({ pkgbase: "needy", depends: ["virtual>=2"] }));

  const packages = await it.adopt({ type: "aur", name: "needy" });

  expect(packages.map(({ pkgbase }) => pkgbase)).toEqual(["needy", "many"]);
});

test("a pkgbase that an official package is called is itself", async () => {
  await using it = await startResolver();
  await it.aur.add(recipe({ pkgbase: "cmake", depends: ["demo-lib"] }));
  await it.aur.add(recipe({ pkgbase: "demo-lib" }));

  const packages = await it.adopt({ type: "aur", name: "cmake" });

  expect(packages.map(({ pkgbase }) => pkgbase)).toEqual(["cmake", "demo-lib"]);
});

test("with a mirror that never answered, what needs nothing of it goes, and nothing else", async () => {
  await using it = await startResolver({ SYNC_MIRROR: "http://127.0.0.1:1/{repo}" });
  await it.aur.add(recipe({ pkgbase: "alone" }));
  await it.aur.add(recipe({ pkgbase: "needy", depends: ["alone"], makedepends: ["cmake"] }));

  const alone = await it.adopt({ type: "aur", name: "alone" });
  const needy = await it.add({ type: "aur", name: "needy" });

  expect(alone.map(({ pkgbase }) => pkgbase)).toEqual(["alone"]);
  expect(needy).toEqual({
    kind: "unusable",
    message: expect.stringMatching(
      /^cannot read http:\/\/127\.0\.0\.1:1\/core\/core\.db: .*; needy needs cmake, which may be there$/,
    ),
  });
});
