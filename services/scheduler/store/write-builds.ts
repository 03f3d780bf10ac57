import { sql } from "drizzle-orm";
import { buildRevisions } from "#shared/state/revisions.ts";
import type { State, Transaction } from "#shared/state/state.ts";

/** A write of sessions and builds: it raises their revision, so that answers made of them before count as outdated. */
export const writeBuilds = <T>(state: State, write: (transaction: Transaction) => Promise<T>) =>
  state.write(async (transaction) => {
    await transaction
      .insert(buildRevisions)
      .values({ id: 1, number: 1 })
      .onConflictDoUpdate({
        target: buildRevisions.id,
        set: { number: sql`${buildRevisions.number} + 1` },
      });
    return write(transaction);
  });
