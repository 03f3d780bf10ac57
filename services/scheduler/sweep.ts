import pLimit from "p-limit";
import * as v from "valibot";
import type { ListedBlob } from "#shared/blobs/blobs.ts";
import type { Delivery } from "#shared/bus/bus.ts";
import { type Payload, publication } from "#shared/bus/declare.ts";
import { blobCarriers } from "#shared/messages/index.ts";
import { type orderSweep as question, sweepRequested } from "#shared/messages/storage.ts";
import { SweepId } from "#shared/model.ts";
import { yieldToOthers } from "#shared/pause.ts";
import type { Cron } from "#shared/service/cron.ts";
import { type BlobKind, blobKinds } from "#shared/state/roots/root.ts";
import { listReader, type ReadList, readNamed } from "#shared/state/roots/roots.ts";
import type { Usage } from "#shared/state/sweeps.ts";
import type { Scheduler } from "./context.ts";
import { prune } from "./prune.ts";
import { endSweep, findSweep, insertSweep } from "./store/sweeps.ts";

/** Deletions under way at the same time. */
const atOnce = 8;

/** Sweeps the blob store each night. */
export const sweeping: Cron<Scheduler> = {
  name: "sweep",
  schedules: async () => ["0 30 4 * * *"],
  async tick({ newId, now }, transaction) {
    const sweep = v.parse(SweepId, newId());
    const at = now();
    await insertSweep(transaction, { id: sweep, reason: "schedule", dryRun: false, orderedAt: at });
    await transaction.publish(publication(sweepRequested, { sweep, at }));
  },
};

/** Orders a sweep. The same sweep ordered again is the same. */
export const orderSweep = async (
  { now, state }: Scheduler,
  { sweep, dryRun }: v.InferOutput<(typeof question)["request"]>,
) => {
  const at = now();
  await state.write(async (transaction) => {
    const row = { id: sweep, reason: "manual" as const, dryRun, orderedAt: at };
    if (await insertSweep(transaction, row))
      await transaction.publish(publication(sweepRequested, { sweep, at }));
  });
  return { sweep };
};

/**
 * Deletes the rows that are kept no longer, then the blobs that no table names and that are older than the grace:
 * 1. it notes the time, and deletes no blob where a message waits that is older than half of the grace: that message may
 *    be all that names a blob which is as old as the grace;
 * 2. it reads what the tables name, then lists the store;
 * 3. it reads what the tables name once more, and deletes the blobs that are named nowhere and were not put since.
 * A process that dies in between has deleted some of these blobs; the message comes again, and a process begins anew.
 */
export const sweep = async (
  scheduler: Scheduler,
  { sweep: id }: Payload<typeof sweepRequested>,
  { signal }: Pick<Delivery, "signal">,
) => {
  const { blobs, grace, log, now, state } = scheduler;
  const row = await findSweep(state, id);
  if (!row || row.endedAt !== null) return;
  if (!row.dryRun) await prune(scheduler, signal);

  const at = now();
  const putBefore = at - grace;
  const obstacle = await obstacleTo(scheduler, at);
  const readList = listReader(blobs);
  const { usage, unnamed } = await survey(scheduler, readList, at, putBefore);
  const named = await readNamed(state.read, readList, at);
  const leaving = obstacle === null ? unnamed.filter(({ sha256 }) => !named.has(sha256)) : [];
  const deleted = row.dryRun ? leaving : await deleteAll(blobs, leaving, putBefore, signal);
  const bytes = deleted.reduce((sum, blob) => sum + blob.bytes, 0);
  const ended = { obstacle, usage, deletedBlobs: deleted.length, deletedBytes: bytes };
  await state.write((transaction) => endSweep(transaction, id, { ...ended, endedAt: now() }));
  log.info("swept", { sweep: id, dryRun: row.dryRun, obstacle, blobs: deleted.length, bytes });
};

/** A message that is not handled may be all that knows a blob. */
const obstacleTo = async ({ grace, oldestUnhandled }: Scheduler, at: number) => {
  const oldest = await oldestUnhandled(blobCarriers);
  return oldest !== undefined && oldest < at - grace / 2
    ? `a message of ${new Date(oldest).toISOString()} is not handled yet, and its blobs may be in no table: see why`
    : null;
};

/** What there is by kind, and what nothing names and is old enough to go. */
const survey = async (
  { blobs, state }: Scheduler,
  readList: ReadList,
  at: number,
  putBefore: number,
) => {
  const named = await readNamed(state.read, readList, at);
  const tallies = new Map<BlobKind, { blobs: number; bytes: number }>(
    blobKinds.map((kind) => [kind, { blobs: 0, bytes: 0 }]),
  );
  const unnamed: ListedBlob[] = [];
  for await (const blob of blobs.list()) {
    const kind = named.get(blob.sha256) ?? "unused";
    const tally = tallies.get(kind);
    if (tally) {
      tally.blobs += 1;
      tally.bytes += blob.bytes;
    }
    if (kind === "unused" && blob.putAt < putBefore) unnamed.push(blob);
  }
  const usage: Usage[] = [...tallies].map(([kind, tally]) => ({ kind, ...tally }));
  return { usage, unnamed };
};

/** Gives those that are deleted: one that was put meanwhile stays. */
const deleteAll = async (
  blobs: Scheduler["blobs"],
  leaving: readonly ListedBlob[],
  putBefore: number,
  signal: AbortSignal,
) => {
  const deleting = pLimit(atOnce);
  const isDeleted = async ({ sha256 }: ListedBlob) => {
    signal.throwIfAborted();
    await yieldToOthers();
    return blobs.delete(sha256, putBefore);
  };
  const deleted = await Promise.all(leaving.map((blob) => deleting(() => isDeleted(blob))));
  return leaving.filter((_, at) => deleted[at]);
};
