import { sql } from "drizzle-orm";
import { packageRevisions } from "#shared/state/revisions.ts";
import type { State, Transaction } from "#shared/state/state.ts";

/** Every write of packages goes through here, so that answers made of them before count as outdated. */
export const writePackages = <T>(state: State, write: (transaction: Transaction) => Promise<T>) =>
  state.write(async (transaction) => {
    await transaction
      .insert(packageRevisions)
      .values({ id: 1, number: 1 })
      .onConflictDoUpdate({
        target: packageRevisions.id,
        set: { number: sql`${packageRevisions.number} + 1` },
      });
    return write(transaction);
  });
