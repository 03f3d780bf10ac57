import { and, asc, eq, inArray, isNull, lt, or } from "drizzle-orm";
import type { Pkgbase, RebuildId } from "#shared/model.ts";
import { findAddedAt } from "#shared/state/packages.ts";
import { rebuildArtifacts, rebuilds } from "#shared/state/rebuilds.ts";
import type { State } from "#shared/state/state.ts";

export type Rebuild = typeof rebuilds.$inferSelect;

export type RebuildArtifact = typeof rebuildArtifacts.$inferSelect;

export const findRebuild = async ({ read }: State, id: RebuildId) =>
  read.select().from(rebuilds).where(eq(rebuilds.id, id)).get();

export const artifactsOf = async ({ read }: State, id: RebuildId) =>
  read
    .select()
    .from(rebuildArtifacts)
    .where(eq(rebuildArtifacts.rebuild, id))
    .orderBy(asc(rebuildArtifacts.filename));

/** In the order they were asked for. */
export const unfinishedRebuilds = async ({ read }: State) =>
  read.select().from(rebuilds).where(isNull(rebuilds.status)).orderBy(asc(rebuilds.orderedAt));

/** Rebuilds of a package that are unfinished, or that ended with `message`, which may not have been said. */
export const endingRebuildsOf = async ({ read }: State, pkgbase: Pkgbase, message: string) =>
  read
    .select({ id: rebuilds.id, orderedAt: rebuilds.orderedAt })
    .from(rebuilds)
    .where(
      and(
        eq(rebuilds.pkgbase, pkgbase),
        or(isNull(rebuilds.status), eq(rebuilds.message, message)),
      ),
    )
    .orderBy(asc(rebuilds.orderedAt));

/** Keeps what the builder is to be told, unless the rebuild has ended or was pinned before. */
export const pinRebuild = (
  state: State,
  id: RebuildId,
  request: NonNullable<Rebuild["request"]>,
): Promise<boolean> =>
  state.write(async (transaction) => {
    const changed = await transaction
      .update(rebuilds)
      .set({ request })
      .where(and(eq(rebuilds.id, id), isNull(rebuilds.status), isNull(rebuilds.request)))
      .returning({ id: rebuilds.id });
    return changed.length > 0;
  });

export type End = Pick<Rebuild, "status" | "message" | "endedAt"> &
  Partial<Pick<Rebuild, "builder" | "startedAt" | "logSha256" | "logBytes">> & {
    readonly artifacts: readonly Pick<RebuildArtifact, "filename" | "status" | "rebuiltSha256">[];
  };

/** Writes the verdict, once; answers whether it did now. */
export const writeEnd = (state: State, id: RebuildId, { artifacts, ...end }: End) =>
  state.write(async (transaction) => {
    const changed = await transaction
      .update(rebuilds)
      .set(end)
      .where(and(eq(rebuilds.id, id), isNull(rebuilds.status)))
      .returning({ id: rebuilds.id });
    if (changed.length === 0) return false;
    for (const { filename, ...found } of artifacts)
      await transaction
        .update(rebuildArtifacts)
        .set(found)
        .where(and(eq(rebuildArtifacts.rebuild, id), eq(rebuildArtifacts.filename, filename)));
    return true;
  });

/** Forgets every rebuild that a package had when it was removed. */
export const deleteRebuildsOf = (state: State, pkgbase: Pkgbase) =>
  state.write(async (transaction) => {
    const addedAt = await findAddedAt(transaction, pkgbase);
    const gone = await transaction
      .select({ id: rebuilds.id })
      .from(rebuilds)
      .where(
        and(
          eq(rebuilds.pkgbase, pkgbase),
          addedAt === undefined ? undefined : lt(rebuilds.orderedAt, addedAt),
        ),
      );
    const ids = gone.map(({ id }) => id);
    await transaction.delete(rebuildArtifacts).where(inArray(rebuildArtifacts.rebuild, ids));
    await transaction.delete(rebuilds).where(inArray(rebuilds.id, ids));
  });
