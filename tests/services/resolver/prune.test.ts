import { eq } from "drizzle-orm";
import * as v from "valibot";
import { expect, test } from "vitest";
import { BuildId, type Pkgbase, SessionId, SourceId } from "#shared/model.ts";
import { builds } from "#shared/state/builds.ts";
import { planEntries, plans } from "#shared/state/plans.ts";
import { publications } from "#shared/state/repo.ts";
import { sources } from "#shared/state/sources.ts";
import { days, minutes } from "#shared/time.ts";
import { prune } from "../../../services/resolver/prune.ts";
import { hidePackage, insertPackage, insertSource } from "../../support/rows.ts";
import { makeWorld } from "../../support/world.ts";

const setup = async () => {
  const world = await makeWorld();
  const { now, log, state } = world;
  const abandoned: number[] = [];
  const git = { removeAbandoned: async (before: number) => void abandoned.push(before) };
  return {
    ...world,
    abandoned,
    run: () => prune({ git, log, now, state }),
    /** A source of a package, older than the one of its last look. */
    insert: async (pkgbase: Pkgbase, fetchedAt: number) => {
      const [row] = await state.read.select().from(sources).where(eq(sources.pkgbase, pkgbase));
      if (!row) throw new Error(`no source of ${pkgbase}`);
      const id = v.parse(SourceId, crypto.randomUUID());
      await state.write((tx) => tx.insert(sources).values({ ...row, id, fetchedAt }));
      return id;
    },
    ids: async () => (await state.read.select().from(sources)).map(({ id }) => id).sort(),
  };
};

test("what nothing names goes after an hour, and what a package is built from next stays", async () => {
  await using it = await setup();
  const { pkgbase, source } = await insertPackage(it.state, "kept");
  await it.insert(pkgbase, it.now() - minutes(60) - 1);
  const young = await it.insert(pkgbase, it.now() - minutes(60));

  await it.run();
  await it.run();

  expect(await it.ids()).toEqual([source, young].sort());
});

test("what a build or a publication names stays", async () => {
  await using it = await setup();
  const { pkgbase, source } = await insertPackage(it.state, "kept");
  const [built, published] = [await it.insert(pkgbase, 1), await it.insert(pkgbase, 2)];
  await it.state.write(async (tx) => {
    await tx.insert(builds).values({
      id: v.parse(BuildId, crypto.randomUUID()),
      session: v.parse(SessionId, crypto.randomUUID()),
      pkgbase,
      arch: "any",
      state: "failure",
      source: built,
      orderedAt: 1,
    });
    await tx.insert(publications).values({
      pkgbase,
      build: v.parse(BuildId, crypto.randomUUID()),
      version: "1-1",
      srcinfo: "",
      pkgbuild: "",
      source: published,
      sourceState: "one",
      publishedAt: 1,
    });
  });

  await it.run();

  expect(await it.ids()).toEqual([source, built, published].sort());
});

test("what was fetched for an add that was not made, or for a package that leaves, goes after an hour", async () => {
  await using it = await setup();
  await insertSource(it.state, "not-made");
  await insertPackage(it.state, "leaves");
  await hidePackage(it.state, "leaves");
  const { source } = await insertSource(it.state, "being-made", { at: it.now() });

  await it.run();

  expect(await it.ids()).toEqual([source]);
});

test("temporary repositories go a day after they were made", async () => {
  await using it = await setup();

  await it.run();

  expect(it.abandoned).toEqual([it.now() - days(1)]);
});

test("a plan goes a day after it was finished, where no message told that its session has ended", async () => {
  await using it = await setup();
  const { pkgbase } = await insertPackage(it.state, "app");
  const sessionOf = () => v.parse(SessionId, crypto.randomUUID());
  const [gone, young, unfinished] = [sessionOf(), sessionOf(), sessionOf()];
  const old = it.now() - days(1) - 1;
  await it.state.write(async (tx) => {
    await tx.insert(plans).values([
      { session: gone, finishedAt: old },
      { session: young, finishedAt: old + 1 },
      { session: unfinished, finishedAt: old },
    ]);
    const entry = { pkgbase, current: false, missing: [], unbuilt: [] };
    await tx.insert(planEntries).values([
      { session: gone, ...entry },
      { session: unfinished, ...entry },
    ]);
    await tx.insert(builds).values({
      id: v.parse(BuildId, crypto.randomUUID()),
      session: unfinished,
      pkgbase,
      arch: "any",
      state: "pending",
      orderedAt: 1,
    });
  });

  await it.run();

  const left = await it.state.read.select().from(plans);
  const entries = await it.state.read.select().from(planEntries);
  expect(left.map(({ session }) => session).sort()).toEqual([young, unfinished].sort());
  expect(entries.map(({ session }) => session)).toEqual([unfinished]);
});
