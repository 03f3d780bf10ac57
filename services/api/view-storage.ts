import type { StorageInfo, SweepInfo } from "#shared/views.ts";
import type { SweepRow } from "./store/sweeps.ts";
import { timeOf } from "./view-build.ts";

/** `sweeps` newest first. */
export const viewStorage = (sweeps: readonly SweepRow[]): StorageInfo => {
  const last = sweeps.find(({ usage }) => usage !== null);
  return {
    measured: last ? timeOf(last.orderedAt) : null,
    kinds: last?.usage ? [...last.usage] : [],
    sweeps: sweeps.map(viewSweep),
  };
};

export const viewSweep = (row: SweepRow): SweepInfo => ({
  id: row.id,
  reason: row.reason,
  dry_run: row.dryRun,
  ordered: timeOf(row.orderedAt),
  ended: row.endedAt === null ? null : timeOf(row.endedAt),
  obstacle: row.obstacle,
  blobs: row.deletedBlobs,
  bytes: row.deletedBytes,
});
