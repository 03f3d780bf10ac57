import { utimes } from "node:fs/promises";
import * as v from "valibot";
import { expect, test } from "vitest";
import { buildEnded } from "#shared/messages/build.ts";
import { orderSweep } from "#shared/messages/storage.ts";
import { SweepId } from "#shared/model.ts";
import { start } from "#shared/service/start.ts";
import { builds, sessions } from "#shared/state/builds.ts";
import { sweeps } from "#shared/state/sweeps.ts";
import { days, minutes } from "#shared/time.ts";
import { scheduler } from "../../../services/scheduler/service.ts";
import { insertBuild } from "../../support/builds.ts";
import { insertPackage } from "../../support/rows.ts";
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
