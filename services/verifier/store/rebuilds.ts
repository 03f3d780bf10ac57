import { and, asc, eq, inArray, isNull, lt, sql } from "drizzle-orm";
import type { Pkgbase, RebuildId } from "#shared/model.ts";
import { findAddedAt } from "#shared/state/packages.ts";
import { rebuildArtifacts, rebuilds } from "#shared/state/rebuilds.ts";
import type { Reader, State, Transaction } from "#shared/state/state.ts";
import type { RebuildStep } from "../rebuild-life.ts";

export type Rebuild = typeof rebuilds.$inferSelect;

export type NewRebuild = Partial<
  Omit<typeof rebuilds.$inferInsert, "id" | "pkgbase" | "arch" | "build">
>;

export type RebuildArtifact = typeof rebuildArtifacts.$inferSelect;

/** A rebuild as far as its life depends on it; `request` is the column's text, which may be damaged. */
export type RebuildInLife = Pick<Rebuild, "id" | "pkgbase" | "arch" | "build" | "status"> & {
  readonly request: string | null;
  readonly artifacts: readonly Pick<RebuildArtifact, "filename" | "status">[];
};

export const readRebuildInLife = async (
  transaction: Pick<Reader, "select">,
  id: RebuildId,
): Promise<RebuildInLife | undefined> => {
  const rebuild = await transaction
    .select({
      id: rebuilds.id,
      pkgbase: rebuilds.pkgbase,
      arch: rebuilds.arch,
      build: rebuilds.build,
      status: rebuilds.status,
      request: sql<string | null>`${rebuilds.request}`,
    })
    .from(rebuilds)
    .where(eq(rebuilds.id, id))
    .get();
  if (!rebuild) return undefined;
  const artifacts = await transaction
    .select({ filename: rebuildArtifacts.filename, status: rebuildArtifacts.status })
    .from(rebuildArtifacts)
    .where(eq(rebuildArtifacts.rebuild, id))
    .orderBy(asc(rebuildArtifacts.filename));
  return { ...rebuild, artifacts };
};

export const writeStep = async (
  transaction: Transaction,
  id: RebuildId,
  { to, artifacts = [] }: RebuildStep,
) => {
  if (to) await transaction.update(rebuilds).set(to).where(eq(rebuilds.id, id));
  for (const { filename, ...found } of artifacts)
    await transaction
      .update(rebuildArtifacts)
      .set(found)
      .where(and(eq(rebuildArtifacts.rebuild, id), eq(rebuildArtifacts.filename, filename)));
};

export const findRebuild = async ({ read }: State, id: RebuildId) =>
  read.select().from(rebuilds).where(eq(rebuilds.id, id)).get();

export const artifactsOf = async ({ read }: State, id: RebuildId) =>
  read
    .select()
    .from(rebuildArtifacts)
    .where(eq(rebuildArtifacts.rebuild, id))
    .orderBy(asc(rebuildArtifacts.filename));

/** Rebuilds without a verdict, in the order of their orders. */
export const unfinishedRebuilds = async ({ read }: State) =>
  read
    .select({ id: rebuilds.id })
    .from(rebuilds)
    .where(isNull(rebuilds.status))
    .orderBy(asc(rebuilds.orderedAt));

/** Rebuilds of a package without a verdict that were ordered before it was added, or all where it is not. */
export const outlivingRebuilds = async (state: State, pkgbase: Pkgbase) => {
  const rows = await state.read
    .select({ id: rebuilds.id, orderedAt: rebuilds.orderedAt })
    .from(rebuilds)
    .where(and(eq(rebuilds.pkgbase, pkgbase), isNull(rebuilds.status)))
    .orderBy(asc(rebuilds.orderedAt));
  // Read after them: of a package that is not there now, all of them are old.
  const addedAt = await findAddedAt(state.read, pkgbase);
  return rows.filter(({ orderedAt }) => orderedAt < (addedAt ?? Number.POSITIVE_INFINITY));
};

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
