import { and, eq, inArray, lt, or } from "drizzle-orm";
import type { BuildId, Pkgbase } from "#shared/model.ts";
import { buildArtifacts, builds } from "#shared/state/builds.ts";
import { findAddedAt } from "#shared/state/packages.ts";
import type { State } from "#shared/state/state.ts";
import { unfinishedStates } from "../unfinished.ts";
import { writeBuilds } from "./write-builds.ts";

export type Build = typeof builds.$inferSelect;

export type NewState = Partial<Omit<typeof builds.$inferInsert, "id" | "session" | "pkgbase">>;

export const findBuild = async ({ read }: State, id: BuildId) =>
  read.select().from(builds).where(eq(builds.id, id)).get();

/** In the order they were asked for, without what they were asked for with. */
export const unfinishedBuilds = async ({ read }: State) =>
  read
    .select({
      id: builds.id,
      session: builds.session,
      pkgbase: builds.pkgbase,
      arch: builds.arch,
      state: builds.state,
      needs: builds.needs,
      orderedAt: builds.orderedAt,
    })
    .from(builds)
    .where(inArray(builds.state, unfinishedStates))
    .orderBy(builds.orderedAt, builds.pkgbase);

/** Builds of a package that are unfinished, or that ended with `message`, which may not have been said. */
export const endingBuildsOf = async ({ read }: State, pkgbase: Pkgbase, message: string) =>
  read
    .select({ id: builds.id, orderedAt: builds.orderedAt })
    .from(builds)
    .where(
      and(
        eq(builds.pkgbase, pkgbase),
        or(inArray(builds.state, unfinishedStates), eq(builds.message, message)),
      ),
    )
    .orderBy(builds.orderedAt);

/** What builders and the repository were asked for and have not answered. */
export const unansweredBuilds = async ({ read }: State) =>
  read
    .select({ id: builds.id, state: builds.state, request: builds.request })
    .from(builds)
    .where(inArray(builds.state, ["requested", "running", "publishing"]));

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

type Made = { readonly filename: string; readonly sha256: string; readonly bytes: number };

/**
 * Changes a build that is in one of the states `from`, and what it made; answers whether it was.
 * Told the same twice, it changes nothing the second time.
 */
export const changeBuild = (
  state: State,
  id: BuildId,
  from: readonly Build["state"][],
  to: NewState,
  made: readonly Made[] = [],
) =>
  writeBuilds(state, async (transaction) => {
    const changed = await transaction
      .update(builds)
      .set(to)
      .where(and(eq(builds.id, id), inArray(builds.state, from)))
      .returning({ id: builds.id });
    if (changed.length === 0) return false;
    for (const artifact of made)
      await transaction.insert(buildArtifacts).values({ build: id, ...artifact });
    return true;
  });

/** Forgets a build that had nothing to do. */
export const deleteBuild = (state: State, id: BuildId) =>
  writeBuilds(state, async (transaction) => {
    await transaction
      .delete(builds)
      .where(and(eq(builds.id, id), inArray(builds.state, ["pending"])));
  });

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
