import { and, eq, gt, gte, inArray, isNotNull, isNull, lt, max, sql } from "drizzle-orm";
import type { BuildId, Pkgbase, SessionId, SourceId } from "#shared/model.ts";
import { builds, sessions } from "#shared/state/builds.ts";
import { insertRows } from "#shared/state/insert-rows.ts";
import { isOneOf } from "#shared/state/one-of.ts";
import { packages } from "#shared/state/packages.ts";
import { readPages } from "#shared/state/read-pages.ts";
import { sources } from "#shared/state/sources.ts";
import type { State, Transaction } from "#shared/state/state.ts";
import { unfinishedStates } from "../unfinished.ts";

type Session = typeof sessions.$inferSelect;

/** Writes a session, and gives it as it was written. */
export const insertSession = async (
  transaction: Transaction,
  session: Omit<Session, "plannedAt">,
): Promise<Session> => {
  // Whatever this host's clock says: a session is ordered after those that are not done.
  const orderedAt = Math.max(session.orderedAt, await afterUnfinished(transaction));
  const row = { ...session, orderedAt, plannedAt: null };
  await transaction.insert(sessions).values(row);
  return row;
};

type NewBuilds = {
  readonly session: Pick<Session, "id" | "orderedAt">;
  /** Up to 500. */
  readonly wanted: readonly {
    readonly pkgbase: Pkgbase;
    readonly build: BuildId;
    /** Where the order named one. */
    readonly source: SourceId | null;
    readonly renumber?: boolean;
  }[];
  readonly addedAt: ReadonlyMap<Pkgbase, number>;
  readonly arch: string;
};

/** Writes builds of a session, all pending. */
export const insertBuilds = async (
  transaction: Transaction,
  { session, wanted, addedAt, arch }: NewBuilds,
) => {
  if (wanted.length === 0) return;
  const names = wanted.map(({ pkgbase }) => pkgbase);
  const newest = await transaction
    .select({
      pkgbase: builds.pkgbase,
      at: max(builds.orderedAt),
      number: max(builds.number),
    })
    .from(builds)
    .where(isOneOf(builds.pkgbase, names))
    .groupBy(builds.pkgbase);
  const after = new Map(newest.map(({ pkgbase, at }) => [pkgbase, (at ?? 0) + 1]));
  const numbers = new Map(newest.map(({ pkgbase, number }) => [pkgbase, (number ?? -1) + 1]));
  await insertRows(
    transaction,
    builds,
    wanted.map(({ pkgbase, build, source, renumber = false }) => ({
      id: build,
      session: session.id,
      pkgbase,
      number: numbers.get(pkgbase) ?? 0,
      arch,
      state: "pending" as const,
      source,
      renumber,
      // Whatever this host's clock says: an older build is one of a package that was removed.
      orderedAt: Math.max(session.orderedAt, after.get(pkgbase) ?? 0, addedAt.get(pkgbase) ?? 0),
    })),
  );
};

/** Makes a session visible, and gives it; undefined where it is visible already or gone. */
export const completeSession = async (transaction: Transaction, id: SessionId, at: number) => {
  const [session] = await transaction
    .update(sessions)
    .set({ completeAt: at })
    .where(and(eq(sessions.id, id), isNull(sessions.completeAt)))
    .returning();
  return session;
};

/** Marks the builds of a session as announced; undefined where they were before, or it is gone. */
export const markAnnounced = async (transaction: Transaction, id: SessionId, at: number) => {
  const [session] = await transaction
    .update(sessions)
    .set({ announcedAt: at })
    .where(and(eq(sessions.id, id), isNull(sessions.announcedAt)))
    .returning();
  return session;
};

/** Why the session of a build was ordered. */
export const findReason = async (transaction: Pick<Transaction, "select">, build: BuildId) => {
  const [row] = await transaction
    .select({ reason: sessions.reason })
    .from(builds)
    .innerJoin(sessions, eq(sessions.id, builds.session))
    .where(eq(builds.id, build));
  return row?.reason;
};

/** Sessions that were ordered before `instant` and never became complete. */
export const abandonedSessions = async ({ read }: State, instant: number) =>
  read
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(isNull(sessions.completeAt), lt(sessions.orderedAt, instant)));

/** Deletes a session that never became complete. */
export const deleteAbandoned = async (transaction: Transaction, id: SessionId) => {
  await transaction.delete(sessions).where(and(eq(sessions.id, id), isNull(sessions.completeAt)));
};

/** When each of these packages was added; those that are not are not among them. */
export const addedAtOf = async (
  transaction: Pick<Transaction, "select">,
  names: readonly Pkgbase[],
) => {
  const rows = await transaction
    .select({ pkgbase: packages.pkgbase, addedAt: packages.addedAt })
    .from(packages)
    .where(and(isOneOf(packages.pkgbase, names), isNull(packages.removedAt)));
  return new Map(rows.map(({ pkgbase, addedAt }) => [pkgbase, addedAt]));
};

/** Of these sources, the pkgbases that they are of; those that are not kept are not among them. */
export const basesOf = async (
  transaction: Pick<Transaction, "select">,
  ids: readonly SourceId[],
): Promise<ReadonlyMap<SourceId, Pkgbase>> => {
  if (ids.length === 0) return new Map();
  const rows = await transaction
    .select({ id: sources.id, pkgbase: sources.pkgbase })
    .from(sources)
    .where(isOneOf(sources.id, ids));
  return new Map(rows.map(({ id, pkgbase }) => [id, pkgbase]));
};

/** Which of these packages have a build in a session. */
export const basesIn = async (
  transaction: Pick<Transaction, "select">,
  { id, orderedAt }: Pick<Session, "id" | "orderedAt">,
  names: readonly Pkgbase[],
): Promise<ReadonlySet<Pkgbase>> => {
  const rows = await transaction
    .select({ pkgbase: builds.pkgbase })
    .from(builds)
    .where(
      and(
        isOneOf(builds.pkgbase, names),
        gte(builds.orderedAt, orderedAt),
        // The plus keeps SQLite from reading all builds of the session by their index.
        sql`+${builds.session} = ${id}`,
      ),
    );
  return new Set(rows.map(({ pkgbase }) => pkgbase));
};

/** A session waits for what earlier ones build: which is earlier must not hang on a clock that was put back. */
const afterUnfinished = async (transaction: Transaction) => {
  const newest = await transaction
    .select({ at: max(builds.orderedAt) })
    .from(builds)
    .where(inArray(builds.state, unfinishedStates))
    .get();
  return (newest?.at ?? -1) + 1;
};

export const findSession = ({ read }: State, id: SessionId) => findSessionIn(read, id);

export const findSessionIn = async (read: Pick<Transaction, "select">, id: SessionId) =>
  read.select().from(sessions).where(eq(sessions.id, id)).get();

export const unplannedSessions = async ({ read }: State) =>
  read
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(isNull(sessions.plannedAt), isNotNull(sessions.completeAt)))
    .orderBy(sessions.orderedAt);

/** Marks a session as planned; says false where another plan came first. */
export const markPlanned = async (transaction: Transaction, id: SessionId, at: number) => {
  const planned = await transaction
    .update(sessions)
    .set({ plannedAt: at })
    .where(and(eq(sessions.id, id), isNull(sessions.plannedAt)))
    .returning({ id: sessions.id });
  return planned.length > 0;
};

export const isPlanned = async (transaction: Pick<Transaction, "select">, id: SessionId) => {
  const session = await transaction
    .select({ plannedAt: sessions.plannedAt })
    .from(sessions)
    .where(eq(sessions.id, id))
    .get();
  return session?.plannedAt != null;
};

/** Whether a session is planned and none of its builds is unfinished. */
export const isOver = async (transaction: Pick<Transaction, "select">, id: SessionId) => {
  if (!(await isPlanned(transaction, id))) return false;
  const unfinished = await transaction
    .select({ id: builds.id })
    .from(builds)
    .where(and(eq(builds.session, id), inArray(builds.state, unfinishedStates)))
    .limit(1)
    .get();
  return unfinished === undefined;
};

/** The builds that a session has, ended ones too, by their ids. */
export const buildsOf = ({ read }: State, session: SessionId) =>
  readPages<Pick<typeof builds.$inferSelect, "id" | "pkgbase" | "state" | "renumber">>(
    (last, limit) =>
      read
        .select({
          id: builds.id,
          pkgbase: builds.pkgbase,
          state: builds.state,
          renumber: builds.renumber,
        })
        .from(builds)
        .where(and(eq(builds.session, session), last && gt(builds.id, last.id)))
        .orderBy(builds.id)
        .limit(limit),
  );
