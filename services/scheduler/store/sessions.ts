import { and, eq, inArray, isNull, max } from "drizzle-orm";
import type { BuildId, Pkgbase, SessionId, SourceId } from "#shared/model.ts";
import { builds, sessions } from "#shared/state/builds.ts";
import { packages } from "#shared/state/packages.ts";
import { sources } from "#shared/state/sources.ts";
import type { State, Transaction } from "#shared/state/state.ts";
import { unfinishedStates } from "../unfinished.ts";

type NewSession = {
  readonly session: Omit<typeof sessions.$inferInsert, "plannedAt">;
  readonly wanted: readonly {
    readonly pkgbase: Pkgbase;
    readonly build: BuildId;
    /** Where the order named one. */
    readonly source: SourceId | null;
  }[];
  readonly arch: string;
};

/** Writes a session and its builds, all pending. */
export const insertSession = async (
  transaction: Transaction,
  { session, wanted, arch }: NewSession,
) => {
  const names = wanted.map(({ pkgbase }) => pkgbase);
  const newest = await transaction
    .select({
      pkgbase: builds.pkgbase,
      at: max(builds.orderedAt),
      number: max(builds.number),
    })
    .from(builds)
    .where(inArray(builds.pkgbase, names))
    .groupBy(builds.pkgbase);
  const after = new Map(newest.map(({ pkgbase, at }) => [pkgbase, (at ?? 0) + 1]));
  const numbers = new Map(newest.map(({ pkgbase, number }) => [pkgbase, (number ?? -1) + 1]));
  // Whatever this host's clock says: an older build is one of a package that was removed.
  const addedAt = await addedAtOf(transaction, names);
  const orderedAt = Math.max(session.orderedAt, await afterUnfinished(transaction));
  await transaction.insert(sessions).values({ ...session, orderedAt });
  for (const { pkgbase, build, source } of wanted)
    await transaction.insert(builds).values({
      id: build,
      session: session.id,
      pkgbase,
      number: numbers.get(pkgbase) ?? 0,
      arch,
      state: "pending",
      source,
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

/** Of these sources, the pkgbases that they are of; those that are not kept are not among them. */
export const basesOf = async (
  transaction: Pick<Transaction, "select">,
  ids: readonly SourceId[],
): Promise<ReadonlyMap<SourceId, Pkgbase>> => {
  if (ids.length === 0) return new Map();
  const rows = await transaction
    .select({ id: sources.id, pkgbase: sources.pkgbase })
    .from(sources)
    .where(inArray(sources.id, [...ids]));
  return new Map(rows.map(({ id, pkgbase }) => [id, pkgbase]));
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

export const pendingOf = async ({ read }: State, session: SessionId) =>
  read
    .select({ id: builds.id })
    .from(builds)
    .where(and(eq(builds.session, session), eq(builds.state, "pending")));
