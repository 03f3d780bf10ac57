import { sessionProblems } from "#shared/state/builds.ts";
import { insertRows } from "#shared/state/insert-rows.ts";
import type { Transaction } from "#shared/state/state.ts";

type Problem = typeof sessionProblems.$inferSelect;

/** Keeps problems of a session, of which each package has one. A second call changes nothing. */
export const insertProblems = async (transaction: Transaction, problems: readonly Problem[]) => {
  await insertRows(transaction, sessionProblems, problems);
};
