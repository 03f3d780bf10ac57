import { and, eq, gt, inArray, isNull, max } from "drizzle-orm";
import type { BuildId, Pkgbase, SessionId } from "#shared/model.ts";
import { builds, sessions } from "#shared/state/builds.ts";
import { packages } from "#shared/state/packages.ts";
import { readPages } from "#shared/state/read-pages.ts";
import type { State, Transaction } from "#shared/state/state.ts";
import { unfinishedStates } from "../unfinished.ts";

type NewSession = {
  readonly session: Omit<typeof sessions.$inferInsert, "plannedAt">;
  readonly wanted: readonly { readonly pkgbase: Pkgbase; readonly build: BuildId }[];
  readonly arch: string;
};

/** Writes a session and its builds, all pending. */
export const insertSession = async (
  transaction: Transaction,
  { session, wanted, arch }: NewSession,
) => {
  const names = wanted.map(({ pkgbase }) => pkgbase);
  const newest = await transaction
    .select({ pkgbase: builds.pkgbase, at: max(builds.orderedAt) })
    .from(builds)
    .where(inArray(builds.pkgbase, names))
    .groupBy(builds.pkgbase);
  const after = new Map(newest.map(({ pkgbase, at }) => [pkgbase, (at ?? 0) + 1]));
  // Whatever this host's clock says: an older build is one of a package that was removed.
  const addedAt = await addedAtOf(transaction, names);
  const orderedAt = Math.max(session.orderedAt, await afterUnfinished(transaction));
  await transaction.insert(sessions).values({ ...session, orderedAt });
  for (const { pkgbase, build } of wanted)
    await transaction.insert(builds).values({
      id: build,
      session: session.id,
      pkgbase,
      arch,
      state: "pending",
      orderedAt: Math.max(orderedAt, after.get(pkgbase) ?? 0, addedAt.get(pkgbase) ?? 0),
    });
};

/** When each of these packages was added; those that are not are not among them. */
export const addedAtOf = async (
  transaction: Pick<Transaction, "select">,
  names: readonly Pkgbase[],
) => {
  const rows = await transaction
    .select({ pkgbase: packages.pkgbase, addedAt: packages.addedAt })
    .from(packages)
    .where(and(inArray(packages.pkgbase, names), isNull(packages.removedAt)));
  return new Map(rows.map(({ pkgbase, addedAt }) => [pkgbase, addedAt]));
};

/** The builds of a session that is there already; undefined: it is not. */
export const orderedIn = async (transaction: Pick<Transaction, "select">, id: SessionId) => {
  const there = await transaction.select().from(sessions).where(eq(sessions.id, id)).get();
  if (!there) return undefined;
  return transaction
    .select({ pkgbase: builds.pkgbase, build: builds.id })
    .from(builds)
    .where(eq(builds.session, id))
    .orderBy(builds.pkgbase);
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

export const findSession = async ({ read }: State, id: SessionId) =>
  read.select().from(sessions).where(eq(sessions.id, id)).get();

export const unplannedSessions = async ({ read }: State) =>
  read
    .select({ id: sessions.id })
    .from(sessions)
    .where(isNull(sessions.plannedAt))
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
  readPages<Pick<typeof builds.$inferSelect, "id" | "pkgbase" | "state">>((last, limit) =>
    read
      .select({ id: builds.id, pkgbase: builds.pkgbase, state: builds.state })
      .from(builds)
      .where(and(eq(builds.session, session), last && gt(builds.id, last.id)))
      .orderBy(builds.id)
      .limit(limit),
  );
