import { utimes } from "node:fs/promises";
import { desc, isNotNull, isNull } from "drizzle-orm";
import * as v from "valibot";
import { expect, test } from "vitest";
import { buildEnded } from "#shared/messages/build.ts";
import { orderSweep } from "#shared/messages/storage.ts";
import { SweepId } from "#shared/model.ts";
import { yieldToOthers } from "#shared/pause.ts";
import { start } from "#shared/service/start.ts";
import { builds, sessions } from "#shared/state/builds.ts";
import { artifacts, frames, generations, retiredFiles } from "#shared/state/repo.ts";
import { sweeps } from "#shared/state/sweeps.ts";
import { days, minutes } from "#shared/time.ts";
import { forgetPast } from "../../../services/repo/store/commit.ts";
import { scheduler } from "../../../services/scheduler/service.ts";
import { insertBuild } from "../../support/builds.ts";
import { startRepo } from "../../support/repo.ts";
import { insertPackage } from "../../support/rows.ts";
import { seeded } from "../../support/seeded.ts";
import { makeWorld } from "../../support/world.ts";

/** A scheduler whose clock is this machine's, as that of its blobs is. */
const setup = async ({
  oldestUnhandled = async (): Promise<number | undefined> => undefined,
} = {}) => {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await makeWorld());
  world.clock.at = Date.now();
  const bus = { ...world.bus, oldestUnhandled };
  stack.use(await start({ ...scheduler, crons: [], reconciles: [] }, {}, { ...world, bus }));
  const resources = stack.move();
  return {
    world,
    /** Puts a blob that is so many days old. */
    async put(text: string, age: number) {
      const { sha256 } = await world.blobs.put(Buffer.from(text));
      const putAt = (world.now() - days(age)) / 1_000;
      await utimes(world.blobs.placeOf(sha256), putAt, putAt);
      return sha256;
    },
    async sweep(dryRun = false) {
      const id = v.parse(SweepId, crypto.randomUUID());
      await world.ask(orderSweep, { sweep: id, dryRun });
      const rows = await world.state.read.select().from(sweeps);
      return rows.find((row) => row.id === id);
    },
    left: async () => {
      const listed = await Array.fromAsync(world.blobs.list());
      return listed.map(({ sha256 }) => sha256).toSorted();
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

test("what nothing names goes once it is older than the grace, and what is named stays", async () => {
  await using it = await setup();
  const old = await it.put("old", 8);
  const young = await it.put("young", 6);
  const named = await it.put("named", 100);
  await insertBuild(it.world, { artifacts: [{ filename: "a", sha256: named, bytes: 5 }] });

  const row = await it.sweep();

  expect(await it.left()).toEqual([young, named].toSorted());
  expect(row).toMatchObject({
    reason: "manual",
    obstacle: null,
    deletedBlobs: 1,
    deletedBytes: 3,
    endedAt: it.world.now(),
  });
  expect(row?.usage?.filter(({ blobs }) => blobs > 0)).toEqual([
    { kind: "packages of earlier builds", blobs: 1, bytes: 5 },
    { kind: "unused", blobs: 2, bytes: 8 },
  ]);
  expect(old).toHaveLength(64);
});

test("a dry run deletes nothing, and counts what a sweep would delete", async () => {
  await using it = await setup();
  await it.put("old", 8);

  const row = await it.sweep(true);

  expect(await it.left()).toHaveLength(1);
  expect(row).toMatchObject({ dryRun: true, deletedBlobs: 1, deletedBytes: 3 });
});

test("nothing goes while a message waits that is older than half of the grace", async () => {
  await using it = await setup({ oldestUnhandled: async () => Date.now() - days(4) });
  await it.put("old", 8);

  const row = await it.sweep();

  expect(await it.left()).toHaveLength(1);
  expect(row).toMatchObject({
    deletedBlobs: 0,
    obstacle: expect.stringMatching(/^a message of .* is not handled yet/),
  });
});

test("a message that waits since less than half of the grace is no obstacle", async () => {
  await using it = await setup({ oldestUnhandled: async () => Date.now() - days(3) });
  await it.put("old", 8);

  expect(await it.sweep()).toMatchObject({ deletedBlobs: 1, obstacle: null });
});

test("a sweep that is ordered again is the same, and is carried out once", async () => {
  await using it = await setup();
  const id = v.parse(SweepId, crypto.randomUUID());

  await it.world.ask(orderSweep, { sweep: id, dryRun: false });
  await it.put("old", 8);
  await it.world.ask(orderSweep, { sweep: id, dryRun: false });

  expect(await it.left()).toHaveLength(1);
  expect(await it.world.state.read.select().from(sweeps)).toHaveLength(1);
});

test("a sweep prunes builds, and sessions that have none any more", async () => {
  await using it = await setup();
  await insertPackage(it.world.state, "foo");
  const ids: string[] = [];
  for (let nth = 0; nth < 60; nth++) {
    it.world.clock.at += minutes(1);
    ids.push(await insertBuild(it.world, { state: "failure" }));
  }
  const at = it.world.now() - days(91);
  await it.world.state.write(async (tx) => {
    await tx.update(builds).set({ endedAt: at });
    const [last] = ids.slice(-1);
    for (const build of await tx.select().from(builds)) {
      if (build.id !== ids[0] && build.id !== last) continue;
      await tx.insert(sessions).values({
        id: build.session,
        reason: "manual",
        resolve: true,
        force: false,
        orderedAt: at,
        plannedAt: at,
      });
    }
  });

  await it.sweep();

  const left = await it.world.state.read.select().from(builds).orderBy(builds.orderedAt);
  expect(left.map(({ id }) => id)).toEqual(ids.slice(10));
  expect(left.every(({ request }) => request === null)).toBe(true);
  expect(await it.world.state.read.select().from(sessions)).toMatchObject([
    { id: left.at(-1)?.session },
  ]);
  expect(it.world.bus.sent(buildEnded)).toEqual([]);
});

/** A repository and a scheduler in one world, as after some quiet days each time that `rest` has resolved. */
const setupRepo = async (names: readonly string[]) => {
  await using stack = new AsyncDisposableStack();
  const it = stack.use(await startRepo({}, { at: Date.now(), packages: names }));
  const { blobs, state } = it.world;
  const idle = { ...scheduler, crons: [], reconciles: [] };
  stack.use(await start(idle, { KEEP_VERSIONS: "1", KEEP_BUILDS: "2" }, it.world));
  const resources = stack.move();
  return {
    ...it,
    sweep: () =>
      it.world.ask(orderSweep, { sweep: v.parse(SweepId, crypto.randomUUID()), dryRun: false }),
    async rest() {
      it.world.clock.at += minutes(1);
      const before = it.world.now() - days(8);
      for await (const { sha256 } of blobs.list())
        await utimes(blobs.placeOf(sha256), before / 1_000, before / 1_000);
      await state.write(async (tx) => {
        await tx.update(builds).set({ endedAt: before }).where(isNotNull(builds.endedAt));
        await tx.update(retiredFiles).set({ retiredAt: before });
        await tx.update(generations).set({ createdAt: before });
      });
      await forgetPast(state, it.world.now());
    },
    /** The blobs of what is served, that are not there. */
    async lost() {
      const served = await state.read.select().from(artifacts);
      const pieces = await state.read.select().from(frames).where(isNull(frames.droppedIn));
      const [current] = await state.read
        .select()
        .from(generations)
        .orderBy(desc(generations.number))
        .limit(1);
      const hashes = [
        ...served.flatMap(({ sha256, filesSha256 }) => [sha256, filesSha256]),
        ...[...pieces, ...(current ? [current] : [])].flatMap((row) => [
          row.databaseSha256,
          row.filesSha256,
        ]),
      ];
      const there = await Promise.all(hashes.map((sha256) => blobs.has(sha256)));
      return hashes.filter((_, at) => !there[at]);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

test.each([1, 2])("sweeps beside publishes delete nothing that is served (%i)", async (seed) => {
  const names = ["foo", "bar"];
  await using it = await setupRepo(names);
  const random = seeded(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const later = async (act: () => Promise<unknown>) => {
    for (let turns = below(40); turns > 0; turns--) await yieldToOthers();
    await act();
  };
  const deleted: number[] = [];

  for (let round = 0; round < 5; round++) {
    // A few versions only: what is published again was published before, and may be on its way out.
    const publishes = names.map(
      (pkgbase) => () => it.publish({ pkgbase, version: `1.0-${1 + below(3)}` }),
    );
    await Promise.all([...publishes, it.sweep, it.sweep].map(later));
    await it.world.settled();

    expect(await it.lost()).toEqual([]);
    expect((await it.entries()).toSorted().map((entry) => entry.slice(0, 3))).toEqual(
      names.toSorted(),
    );
    const rows = await it.world.state.read.select().from(sweeps);
    deleted.push(rows.reduce((sum, { deletedBlobs }) => sum + deletedBlobs, 0));
    await it.rest();
  }

  expect(deleted.at(-1)).toBeGreaterThan(10);
});
