import { and, eq, gt, inArray, lt, lte, ne, notExists, sql } from "drizzle-orm";
import { publication } from "#shared/bus/declare.ts";
import { chunksOf } from "#shared/in-turns.ts";
import { planFinished } from "#shared/messages/plan.ts";
import type { Pkgbase, SessionId, SourceId } from "#shared/model.ts";
import { builds, isOfCompleteSession, sessions } from "#shared/state/builds.ts";
import { insertRows } from "#shared/state/insert-rows.ts";
import { planEntries, planNeeds, plans } from "#shared/state/plans.ts";
import { readPages } from "#shared/state/read-pages.ts";
import type { Reader, State } from "#shared/state/state.ts";

export type PlanEntry = Omit<typeof planEntries.$inferSelect, "session">;
export type PlanNeed = Omit<typeof planNeeds.$inferSelect, "session">;

export const findPlan = (read: Reader, session: SessionId) =>
  read.select().from(plans).where(eq(plans.session, session)).get();

/**
 * The packages that a session is to build, and those with an unfinished build of an earlier session: they may be
 * needed. Undefined where there is no such session, or it is planned.
 */
export const readOrdered = async (read: Reader, session: SessionId) => {
  const found = await read.select().from(sessions).where(eq(sessions.id, session)).get();
  if (!found || found.plannedAt !== null) return undefined;
  const ordered = await readBases(read, and(eq(builds.session, session), isPending));
  const earlier = await readBases(
    read,
    and(
      ne(builds.session, session),
      isUnfinished,
      isOfCompleteSession(builds),
      lte(builds.orderedAt, found.orderedAt),
    ),
  );
  return {
    packages: ordered.map(({ pkgbase }) => pkgbase),
    /** Those that the order named, by pkgbase. */
    sources: new Map(
      ordered.flatMap(({ pkgbase, source }) => (source ? [[pkgbase, source] as const] : [])),
    ),
    building: [...new Set(earlier.map(({ pkgbase }) => pkgbase))],
  };
};

const isPending = eq(builds.state, "pending");
const isUnfinished = inArray(builds.state, ["pending", "requested", "running", "publishing"]);

type Ordered = {
  readonly row: number;
  readonly pkgbase: Pkgbase;
  readonly source: SourceId | null;
};

const readBases = (read: Reader, condition: ReturnType<typeof and>) => {
  const row = sql<number>`${builds}.rowid`;
  return readPages<Ordered>((last, limit) =>
    read
      .select({ row, pkgbase: builds.pkgbase, source: builds.source })
      .from(builds)
      .where(and(condition, last && gt(row, last.row)))
      .orderBy(row)
      .limit(limit),
  );
};

/** Rows of one write. */
const chunk = 500;

/** Writes a plan in place of what a process that died has left of one, and has it announced when it is whole. */
export const writePlan = async (
  state: State,
  session: SessionId,
  {
    entries,
    needs,
  }: { readonly entries: readonly PlanEntry[]; readonly needs: readonly PlanNeed[] },
  finishedAt: number,
) => {
  await deleteRows(state, session);
  for (const rows of chunksOf(entries, chunk))
    await state.write((transaction) =>
      insertRows(
        transaction,
        planEntries,
        rows.map((row) => ({ ...row, session })),
      ),
    );
  for (const rows of chunksOf(needs, chunk))
    await state.write((transaction) =>
      insertRows(
        transaction,
        planNeeds,
        rows.map((row) => ({ ...row, session })),
      ),
    );
  await finishPlan(state, { session, finishedAt, problem: null });
};

/** Ends the work on a plan, and announces that; once more where it has ended before. */
export const finishPlan = async (state: State, plan: typeof plans.$inferInsert) => {
  await state.write(async (transaction) => {
    await transaction.insert(plans).values(plan).onConflictDoNothing();
    await transaction.publish(
      publication(planFinished, { session: plan.session, at: plan.finishedAt }),
    );
  });
};

/** Plans that were finished before an instant, of sessions that are gone or have no unfinished build. */
export const findEndedPlans = (read: Reader, before: number) =>
  read
    .select({ session: plans.session })
    .from(plans)
    .where(
      and(
        lt(plans.finishedAt, before),
        notExists(
          read
            .select({ id: builds.id })
            .from(builds)
            .where(and(eq(builds.session, plans.session), isUnfinished)),
        ),
      ),
    );

export const deletePlan = async (state: State, session: SessionId) => {
  await state.write(async (transaction) => {
    await transaction.delete(plans).where(eq(plans.session, session));
  });
  await deleteRows(state, session);
};

const deleteRows = async (state: State, session: SessionId) => {
  for (const table of [planEntries, planNeeds]) {
    const some = sql`select rowid from ${table} where session = ${session} limit ${chunk}`;
    for (let deleted = chunk; deleted === chunk; )
      deleted = await state.write(async (transaction) => {
        const rows = await transaction
          .delete(table)
          .where(sql`rowid in (${some})`)
          .returning({ session: table.session });
        return rows.length;
      });
  }
};
