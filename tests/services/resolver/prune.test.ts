import { expect, test } from "vitest";
import { sources } from "#shared/state/sources.ts";
import { days } from "#shared/time.ts";
import { prune } from "../../../services/resolver/prune.ts";
import { deleteUnadopted } from "../../../services/resolver/store.ts";
import { insertPackage } from "../../support/rows.ts";
import { makeWorld } from "../../support/world.ts";

const setup = async () => {
  const world = await makeWorld();
  const { source } = await insertPackage(world.state, "kept");
  const [row] = await world.state.read.select().from(sources);
  if (!row) throw new Error("no source");
  const abandoned: number[] = [];
  return {
    world,
    source,
    abandoned,
    git: { removeAbandoned: async (before: number) => void abandoned.push(before) },
    /** A source that no package names. */
    insert: async (id: string, fetchedAt: number) => {
      await world.state.write((transaction) =>
        transaction.insert(sources).values({ ...row, id: id as typeof row.id, fetchedAt }),
      );
    },
    ids: async () =>
      (await world.state.read.select().from(sources)).map(({ id }) => id as string).sort(),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
};

test("what nobody adopted within a day goes, and what a package names stays", async () => {
  await using it = await setup();
  const { now, log, state } = it.world;
  await it.insert("old", now() - days(1) - 1);
  await it.insert("young", now() - days(1));

  await prune({ git: it.git, now, log, state });

  expect(await it.ids()).toEqual([it.source, "young"].sort());
  expect(it.abandoned).toEqual([now() - days(1)]);
});

test("it may be said twice", async () => {
  await using it = await setup();
  await it.insert("old", 1);

  expect(await deleteUnadopted(it.world.state, 2)).toEqual(["old"]);
  expect(await deleteUnadopted(it.world.state, 2)).toEqual([]);
});
