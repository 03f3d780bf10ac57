import { and, eq, gt, inArray, isNotNull, isNull, lt, min, or, sql } from "drizzle-orm";
import type { BuildId, Pkgbase } from "#shared/model.ts";
import { buildArtifacts, builds } from "#shared/state/builds.ts";
import { findAddedAt, packages } from "#shared/state/packages.ts";
import type { State, Transaction } from "#shared/state/state.ts";
import type { BuildStep } from "../build-life.ts";
import { unfinishedStates } from "../unfinished.ts";
import { writeBuilds } from "./write-builds.ts";

export type Build = typeof builds.$inferSelect;

export type NewState = Partial<Omit<typeof builds.$inferInsert, "id" | "session" | "pkgbase">>;

/** A file that a build made. */
export type Made = { readonly filename: string; readonly sha256: string; readonly bytes: number };

/** A build as far as its life depends on it; `request` is the column's text, which may be damaged. */
export type BuildInLife = Pick<Build, "id" | "pkgbase" | "arch" | "state" | "startedAt"> & {
  readonly request: string | null;
};

export const readBuildInLife = async (
  transaction: Pick<Transaction, "select">,
  id: BuildId,
): Promise<BuildInLife | undefined> =>
  transaction
    .select({
      id: builds.id,
      pkgbase: builds.pkgbase,
      arch: builds.arch,
      state: builds.state,
      startedAt: builds.startedAt,
      request: sql<string | null>`${builds.request}`,
    })
    .from(builds)
    .where(eq(builds.id, id))
    .get();

export const writeStep = async (
  transaction: Transaction,
  id: BuildId,
  { to, made = [], forget }: BuildStep,
) => {
  if (forget) await forgetBuild(transaction, id);
  else if (to) await transaction.update(builds).set(to).where(eq(builds.id, id));
  for (const artifact of made)
    await transaction.insert(buildArtifacts).values({ build: id, ...artifact });
};

/** The numbers of the builds after it move up: they have no gap. */
const forgetBuild = async (transaction: Transaction, id: BuildId) => {
  const [gone] = await transaction.delete(builds).where(eq(builds.id, id)).returning({
    pkgbase: builds.pkgbase,
    number: builds.number,
  });
  if (gone)
    await transaction
      .update(builds)
      .set({ number: sql`${builds.number} - 1` })
      .where(and(eq(builds.pkgbase, gone.pkgbase), gt(builds.number, gone.number)));
};

export const findBuild = async ({ read }: State, id: BuildId) =>
  read.select().from(builds).where(eq(builds.id, id)).get();

/** In the order of their orders, without their requests. A build whose `needs` are damaged has none. */
export const unfinishedBuilds = async ({ read }: State) =>
  read
    .select({
      id: builds.id,
      session: builds.session,
      pkgbase: builds.pkgbase,
      arch: builds.arch,
      state: builds.state,
      source: builds.source,
      needs: sql<readonly BuildId[] | null>`${builds.needs}`.mapWith(parseNeeds),
      orderedAt: builds.orderedAt,
    })
    .from(builds)
    .where(inArray(builds.state, unfinishedStates))
    .orderBy(builds.orderedAt, builds.pkgbase);

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

/** Packages that have builds of before they were removed. */
export const outlivedPackages = async ({ read }: State) => {
  const oldest = read
    .select({ pkgbase: builds.pkgbase, orderedAt: min(builds.orderedAt).as("oldest") })
    .from(builds)
    .groupBy(builds.pkgbase)
    .as("oldest_of");
  return read
    .select({ id: oldest.pkgbase })
    .from(oldest)
    .leftJoin(packages, and(eq(packages.pkgbase, oldest.pkgbase), isNull(packages.removedAt)))
    .where(or(isNull(packages.pkgbase), lt(oldest.orderedAt, packages.addedAt)));
};

/** Builds that wait for a builder or the repository. */
export const unansweredBuilds = async ({ read }: State) =>
  read
    .select({ id: builds.id })
    .from(builds)
    .where(inArray(builds.state, ["requested", "running", "publishing"]))
    .orderBy(builds.orderedAt);

/** Builds that wait for others, or for a place in their session. */
export const plannedBuilds = async ({ read }: State) =>
  read
    .select({ id: builds.id })
    .from(builds)
    .where(and(eq(builds.state, "pending"), isNotNull(builds.needs)))
    .orderBy(builds.orderedAt);

export const hasPending = async ({ read }: State) => {
  const pending = read.select({ id: builds.id }).from(builds).where(eq(builds.state, "pending"));
  return (await pending.limit(1).get()) !== undefined;
};

/** What is known of builds that others need; one that is gone is not among them. */
export const needsOf = async ({ read }: State, ids: readonly BuildId[]) => {
  const rows = await read
    .select({ id: builds.id, pkgbase: builds.pkgbase, state: builds.state })
    .from(builds)
    .where(inArray(builds.id, ids));
  return new Map(rows.map(({ id, ...need }) => [id, need]));
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
