import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { parseDependency } from "#shared/pacman/dependency.ts";
import { sources } from "#shared/state/sources.ts";
import { openRecipes } from "../../../services/resolver/recipes.ts";
import {
  hidePackage,
  insertPackage,
  insertPackages,
  insertServed,
  insertSource,
} from "../../support/rows.ts";
import { makeWorld } from "../../support/world.ts";

const setup = async () => {
  const world = await makeWorld();
  const recipes = openRecipes({ state: world.state, config: { ARCH: "x86_64" } });
  return {
    ...world,
    recipes,
    /** What each added package needs. */
    needs: async () =>
      [...(await recipes.known()).added]
        .map(([pkgbase, { recipe }]) => [pkgbase, ...(recipe?.needs ?? [])])
        .sort(),
    /** Whether a package meets a dependency, but for packages of `except`. */
    meets: async (text: string, except = "") => {
      const { meets } = await recipes.known();
      return meets(parseDependency(text), except);
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
};

test("packages are known as they are now: added, fetched anew, removed", async () => {
  await using it = await setup();
  await insertPackage(it.state, "app", { lines: ["depends = lib"] });
  const first = await it.needs();

  await insertPackage(it.state, "lib");
  const second = await it.needs();
  await insertSource(it.state, "app", { lines: ["depends = other"] });
  const third = await it.needs();
  await hidePackage(it.state, "lib");

  expect([first, second, third, await it.needs()]).toEqual([
    [["app", "lib"]],
    [["app", "lib"], ["lib"]],
    [["app", "other"], ["lib"]],
    [["app", "other"]],
  ]);
});

test("a source that was read is not read again", async () => {
  await using it = await setup();
  const { source } = await insertPackage(it.state, "app", { lines: ["depends = lib"] });
  await it.needs();

  await it.state.write((transaction) =>
    transaction.update(sources).set({ srcinfo: "no .SRCINFO" }).where(eq(sources.id, source)),
  );
  await insertPackage(it.state, "lib");

  expect(await it.needs()).toEqual([["app", "lib"], ["lib"]]);
});

test("what is offered is that of the added packages, then of the generation that is served", async () => {
  await using it = await setup();
  await insertPackage(it.state, "app", { lines: ["provides = thing"] });
  const before = [await it.meets("thing"), await it.meets("thing", "app"), await it.meets("old")];

  await insertServed(it.state, "old");

  expect(before).toEqual([true, false, false]);
  expect([await it.meets("thing"), await it.meets("old"), await it.meets("old>9")]).toEqual([
    true,
    true,
    false,
  ]);
});

test("more packages than one page holds are all known", async () => {
  await using it = await setup();
  const names = Array.from({ length: 1_001 }, (_, at) => `p${String(at).padStart(4, "0")}`);
  await insertPackages(it.state, names);

  expect(await it.needs()).toEqual(names.map((name) => [name]));
});
