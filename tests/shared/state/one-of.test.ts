import { expect, test } from "vitest";
import { isOneOf } from "#shared/state/one-of.ts";
import { packages } from "#shared/state/packages.ts";
import { insertPackages } from "../../support/rows.ts";
import { makeWorld } from "../../support/world.ts";

test.each([[[]], [["b"]], [["b", "a", "b", "it's", '"']]])(
  "of %j, those rows are found that have one of them",
  async (names) => {
    await using world = await makeWorld();
    await insertPackages(world.state, ["a", "b", "c"]);

    const rows = await world.state.read
      .select()
      .from(packages)
      .where(isOneOf(packages.pkgbase, names))
      .orderBy(packages.pkgbase);

    expect(rows.map(({ pkgbase }) => pkgbase)).toEqual(
      ["a", "b", "c"].filter((name) => names.some((it) => it === name)),
    );
  },
);
