import { and, desc, eq, isNotNull, isNull, notInArray } from "drizzle-orm";
import type { SweepId } from "#shared/model.ts";
import type { State, Transaction } from "#shared/state/state.ts";
import { sweeps } from "#shared/state/sweeps.ts";

type NewSweep = Pick<typeof sweeps.$inferInsert, "id" | "reason" | "dryRun" | "orderedAt">;
type Ended = Pick<
  typeof sweeps.$inferInsert,
  "endedAt" | "obstacle" | "usage" | "deletedBlobs" | "deletedBytes"
>;

/** Sweeps that are remembered. */
const kept = 100;

/** False where the sweep is there already. */
export const insertSweep = async (transaction: Transaction, sweep: NewSweep) => {
  const inserted = await transaction
    .insert(sweeps)
    .values(sweep)
    .onConflictDoNothing()
    .returning({ id: sweeps.id });
  return inserted.length > 0;
};

export const findSweep = async ({ read }: State, id: SweepId) =>
  read.select().from(sweeps).where(eq(sweeps.id, id)).get();

/** Ends a sweep that has not ended, and forgets sweeps of long ago. */
export const endSweep = async (transaction: Transaction, id: SweepId, ended: Ended) => {
  await transaction
    .update(sweeps)
    .set(ended)
    .where(and(eq(sweeps.id, id), isNull(sweeps.endedAt)));
  const newest = transaction
    .select({ id: sweeps.id })
    .from(sweeps)
    .orderBy(desc(sweeps.orderedAt))
    .limit(kept);
  await transaction
    .delete(sweeps)
    .where(and(isNotNull(sweeps.endedAt), notInArray(sweeps.id, newest)));
};
