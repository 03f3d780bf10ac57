import { and, eq, inArray, isNull, max } from "drizzle-orm";
import { Fault } from "#shared/fault.ts";
import type { BuildId, Pkgbase, SessionId } from "#shared/model.ts";
import { builds, sessions } from "#shared/state/builds.ts";
import { packages } from "#shared/state/packages.ts";
import type { State, Transaction } from "#shared/state/state.ts";
import { unfinishedStates } from "../unfinished.ts";
import { writeBuilds } from "./write-builds.ts";

type NewSession = {
  readonly session: Omit<typeof sessions.$inferInsert, "plannedAt">;
  readonly wanted: readonly { readonly pkgbase: Pkgbase; readonly build: BuildId }[];
  readonly arch: string;
};

/** All or nothing: an unknown pkgbase is `Fault` missing, with serene's words. */
export const insertSession = (state: State, { session, wanted, arch }: NewSession) =>
  writeBuilds(state, async (transaction) => {
    const names = wanted.map(({ pkgbase }) => pkgbase);
    const known = await transaction
      .select({ pkgbase: packages.pkgbase, addedAt: packages.addedAt })
      .from(packages)
      .where(and(inArray(packages.pkgbase, names), isNull(packages.removedAt)));
    const missing = names.find((name) => !known.some(({ pkgbase }) => pkgbase === name));
    if (missing !== undefined)
      throw new Fault("missing", `package with base ${missing} is not added`);

    const newest = await transaction
      .select({ pkgbase: builds.pkgbase, at: max(builds.orderedAt) })
      .from(builds)
      .where(inArray(builds.pkgbase, names))
      .groupBy(builds.pkgbase);
    const after = new Map(newest.map(({ pkgbase, at }) => [pkgbase, (at ?? 0) + 1]));
    // Whatever this host's clock says: an older build is one of a package that was removed.
    const addedAt = new Map(known.map((it) => [it.pkgbase, it.addedAt]));
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
  });

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

/** Sessions the resolver has not been heard about yet. */
export const unplannedSessions = async ({ read }: State) =>
  read.select({ id: sessions.id }).from(sessions).where(isNull(sessions.plannedAt));

/**
 * What each build waits for, all or nothing: a build that starts before the others are planned would be missed
 * by who plans them again. Another plan that came first stays.
 */
export const keepPlan = (
  state: State,
  id: SessionId,
  needs: ReadonlyMap<BuildId, readonly BuildId[]>,
  at: number,
) =>
  writeBuilds(state, async (transaction) => {
    const planned = await transaction
      .update(sessions)
      .set({ plannedAt: at })
      .where(and(eq(sessions.id, id), isNull(sessions.plannedAt)))
      .returning({ id: sessions.id });
    if (planned.length === 0) return;
    for (const [build, its] of needs)
      await transaction
        .update(builds)
        .set({ needs: its })
        .where(and(eq(builds.id, build), eq(builds.state, "pending")));
  });
