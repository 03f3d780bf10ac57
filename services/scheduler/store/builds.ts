import { and, eq, gt, inArray, isNotNull, lt, type SQL, sql } from "drizzle-orm";
import { chunksOf } from "#shared/in-turns.ts";
import type { BuildId, Pkgbase } from "#shared/model.ts";
import { yieldToOthers } from "#shared/pause.ts";
import { buildArtifacts, builds, sessions } from "#shared/state/builds.ts";
import { isOneOf } from "#shared/state/one-of.ts";
import { findAddedAt } from "#shared/state/packages.ts";
import { readPages } from "#shared/state/read-pages.ts";
import type { State, Transaction } from "#shared/state/state.ts";
import { unfinishedStates } from "../unfinished.ts";
import { writeBuilds } from "./write-builds.ts";

export type Build = typeof builds.$inferSelect;

export type NewState = Partial<Omit<typeof builds.$inferInsert, "id" | "session" | "pkgbase">>;

/** A file that a build made. */
export type Made = { readonly filename: string; readonly sha256: string; readonly bytes: number };

/** A build as far as its life depends on it; `request` is the column's text, which may be damaged. */
export type BuildInLife = Pick<
  Build,
  "id" | "session" | "pkgbase" | "arch" | "state" | "startedAt" | "pkgrel"
> & { readonly request: string | null };

export const readBuildsInLife = async (
  transaction: Pick<Transaction, "select">,
  ids: readonly BuildId[],
): Promise<ReadonlyMap<BuildId, BuildInLife>> => {
  const rows = await transaction
    .select({
      id: builds.id,
      session: builds.session,
      pkgbase: builds.pkgbase,
      arch: builds.arch,
      state: builds.state,
      startedAt: builds.startedAt,
      pkgrel: builds.pkgrel,
      request: sql<string | null>`${builds.request}`,
    })
    .from(builds)
    .where(isOneOf(builds.id, ids));
  return new Map(rows.map((it) => [it.id, it]));
};

export const findBuild = async ({ read }: State, id: BuildId) =>
  read.select().from(builds).where(eq(builds.id, id)).get();

const row = sql<number>`${builds}.rowid`;

/**
 * In the order of their orders, without their requests. A build whose `needs` are damaged, or whose session is not
 * planned as a whole yet, has none.
 */
export const unfinishedBuilds = async ({ read }: State) => {
  const readState = (state: Build["state"]) =>
    readPages<Unfinished>((last, limit) =>
      read
        .select({
          row,
          id: builds.id,
          session: builds.session,
          pkgbase: builds.pkgbase,
          state: builds.state,
          needs: sql`iif(${sessions.plannedAt} is null, null, ${builds.needs})`.mapWith(parseNeeds),
          orderedAt: builds.orderedAt,
        })
        .from(builds)
        .innerJoin(sessions, eq(sessions.id, builds.session))
        .where(
          and(eq(builds.state, state), isNotNull(sessions.completeAt), last && gt(row, last.row)),
        )
        .orderBy(row)
        .limit(limit),
    );
  // In the order of a build's life: one that moves on meanwhile is read twice, and counts as it was read last.
  const byId = new Map<BuildId, Unfinished>();
  for (const state of unfinishedStates)
    for (const build of await readState(state)) byId.set(build.id, build);
  return [...byId.values()].sort(
    (a, b) => a.orderedAt - b.orderedAt || (a.pkgbase < b.pkgbase ? -1 : 1),
  );
};

type Unfinished = Pick<Build, "id" | "session" | "pkgbase" | "state" | "needs" | "orderedAt"> & {
  readonly row: number;
};

const parseNeeds = (text: unknown): readonly BuildId[] | null => {
  try {
    const needs: unknown = JSON.parse(String(text));
    // Safe: compared only.
    return Array.isArray(needs) ? (needs as readonly BuildId[]) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
};

/** Unfinished builds of a package that were ordered before it was added, or all where it is not. */
export const outlivingBuilds = async (state: State, pkgbase: Pkgbase) => {
  const rows = await state.read
    .select({ id: builds.id, orderedAt: builds.orderedAt })
    .from(builds)
    .where(and(eq(builds.pkgbase, pkgbase), inArray(builds.state, unfinishedStates)))
    .orderBy(builds.orderedAt);
  // Read after them: of a package that is not there now, all of them are old.
  const addedAt = await findAddedAt(state.read, pkgbase);
  return rows.filter(({ orderedAt }) => orderedAt < (addedAt ?? Number.POSITIVE_INFINITY));
};

/** Builds that wait for a builder or the repository. */
export const unansweredBuilds = ({ read }: State) =>
  idsWhere(read, inArray(builds.state, ["requested", "running", "publishing"]));

/** Builds that wait for others, or for a place in their session. */
export const plannedBuilds = ({ read }: State) =>
  idsWhere(read, and(eq(builds.state, "pending"), isNotNull(sessions.plannedAt)));

/** The oldest rows first. */
const idsWhere = (read: State["read"], condition: SQL | undefined) =>
  readPages<{ readonly row: number; readonly id: BuildId }>((last, limit) =>
    read
      .select({ row, id: builds.id })
      .from(builds)
      .innerJoin(sessions, eq(sessions.id, builds.session))
      .where(and(condition, last && gt(row, last.row)))
      .orderBy(row)
      .limit(limit),
  );

export const hasPending = async ({ read }: State) => {
  const pending = read.select({ id: builds.id }).from(builds).where(eq(builds.state, "pending"));
  return (await pending.limit(1).get()) !== undefined;
};

/** A query may name so many. */
const mostNamed = 500;

/** What is known of builds that others need; one that is gone is not among them. */
export const needsOf = async ({ read }: State, ids: readonly BuildId[]) => {
  const needs = new Map<BuildId, Pick<Build, "pkgbase" | "state">>();
  for (const some of chunksOf(ids, mostNamed)) {
    const rows = await read
      .select({ id: builds.id, pkgbase: builds.pkgbase, state: builds.state })
      .from(builds)
      .where(isOneOf(builds.id, some));
    for (const { id, ...need } of rows) needs.set(id, need);
    await yieldToOthers();
  }
  return needs;
};

/** Forgets every build that a package had when it was removed. */
export const deleteBuildsOf = (state: State, pkgbase: Pkgbase) =>
  writeBuilds(state, async (transaction) => {
    const addedAt = await findAddedAt(transaction, pkgbase);
    const gone = await transaction
      .select({ id: builds.id })
      .from(builds)
      .where(
        and(
          eq(builds.pkgbase, pkgbase),
          addedAt === undefined ? undefined : lt(builds.orderedAt, addedAt),
        ),
      );
    for (const { id } of gone) {
      await transaction.delete(buildArtifacts).where(eq(buildArtifacts.build, id));
      await transaction.delete(builds).where(eq(builds.id, id));
    }
  });
