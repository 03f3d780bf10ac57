import { and, eq, inArray, isNull, max } from "drizzle-orm";
import { Fault } from "#shared/fault.ts";
import type { BuildId, Pkgbase, SessionId } from "#shared/model.ts";
import { builds, sessions } from "#shared/state/builds.ts";
import { packages } from "#shared/state/packages.ts";
import type { State } from "#shared/state/state.ts";

type NewSession = {
  readonly session: Omit<typeof sessions.$inferInsert, "plannedAt">;
  readonly wanted: readonly { readonly pkgbase: Pkgbase; readonly build: BuildId }[];
  readonly arch: string;
};

/** All or nothing: an unknown pkgbase is `Fault` missing, with serene's words. */
export const insertSession = (state: State, { session, wanted, arch }: NewSession) =>
  state.write(async (transaction) => {
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
    await transaction.insert(sessions).values(session);
    for (const { pkgbase, build } of wanted)
      await transaction.insert(builds).values({
        id: build,
        session: session.id,
        pkgbase,
        arch,
        state: "pending",
        orderedAt: Math.max(session.orderedAt, after.get(pkgbase) ?? 0, addedAt.get(pkgbase) ?? 0),
      });
  });

export const findSession = async ({ read }: State, id: SessionId) =>
  read.select().from(sessions).where(eq(sessions.id, id)).get();

/** Sessions the resolver has not been heard about yet. */
export const unplannedSessions = async ({ read }: State) =>
  read.select({ id: sessions.id }).from(sessions).where(isNull(sessions.plannedAt));

export const markPlanned = (state: State, id: SessionId, at: number) =>
  state.write(async (transaction) => {
    await transaction
      .update(sessions)
      .set({ plannedAt: at })
      .where(and(eq(sessions.id, id), isNull(sessions.plannedAt)));
  });
