import { isDeepStrictEqual } from "node:util";
import { and, eq, gte, isNotNull, isNull, lt, lte, min, notExists, notInArray } from "drizzle-orm";
import * as v from "valibot";
import { chunksOf } from "#shared/in-turns.ts";
import { type Pkgbase, SourceId } from "#shared/model.ts";
import { builds } from "#shared/state/builds.ts";
import { isOneOf } from "#shared/state/one-of.ts";
import { packages } from "#shared/state/packages.ts";
import { planEntries } from "#shared/state/plans.ts";
import { publications } from "#shared/state/repo.ts";
import { sourceChecks, sources } from "#shared/state/sources.ts";
import type { Reader, State, Transaction } from "#shared/state/state.ts";
import type { Resolver } from "../context.ts";

export type Source = typeof sources.$inferSelect;

/** A state of a source as it was fetched. `changedAt`: absent where its files do not tell. */
export type FetchedSource = Omit<Source, "id" | "fetchedAt" | "changedAt"> & {
  readonly changedAt?: number;
};

type Recorder = Pick<Resolver, "newId" | "now" | "state">;

/** Sources that are written together, and rows of one statement. */
const [batch, chunk] = [50, 500];

/**
 * Writes what was fetched, and that it was looked at now; gives the rows in the same order. What the last look found
 * already keeps its row; everything else gets a new one, which nothing names yet.
 */
export const recordSources = async (
  { newId, now, state }: Recorder,
  fetched: readonly FetchedSource[],
): Promise<readonly Source[]> => {
  const rows: Source[] = [];
  for (const some of chunksOf(fetched, batch))
    await state.write(async (transaction) => {
      for (const it of some)
        rows.push(await record(transaction, it, v.parse(SourceId, newId()), now()));
    });
  return rows;
};

const record = async (
  transaction: Transaction,
  fetched: FetchedSource,
  id: SourceId,
  at: number,
): Promise<Source> => {
  const { pkgbase, specHash, snapshotSha256 } = fetched;
  const found = await transaction
    .select({ source: sources })
    .from(sourceChecks)
    .innerJoin(sources, eq(sources.id, sourceChecks.source))
    .where(and(eq(sourceChecks.pkgbase, pkgbase), eq(sourceChecks.specHash, specHash)))
    .get();
  const before = found?.source;
  if (before && isSameState(before, fetched)) {
    const check = eq(sourceChecks.source, before.id);
    await transaction.update(sourceChecks).set({ checkedAt: at, problem: null }).where(check);
    return before;
  }

  const same = await transaction
    .select({ changedAt: min(sources.changedAt) })
    .from(sources)
    .where(and(eq(sources.pkgbase, pkgbase), eq(sources.snapshotSha256, snapshotSha256)))
    .get();
  const changedAt = fetched.changedAt ?? same?.changedAt ?? at;
  const row = { ...fetched, id, changedAt, fetchedAt: at };
  await transaction.insert(sources).values(row);
  const looked = { source: id, checkedAt: at, problem: null };
  await transaction
    .insert(sourceChecks)
    .values({ pkgbase, specHash, ...looked })
    .onConflictDoUpdate({
      target: [sourceChecks.pkgbase, sourceChecks.specHash],
      set: looked,
    });
  return row;
};

/** Whether nothing differs but the time of the fetch. */
export const isSameState = (
  { id: _, fetchedAt: __, changedAt: ___, ...before }: Source,
  { changedAt: ____, ...fetched }: FetchedSource,
) => isDeepStrictEqual(before, fetched);

/** Those that there are, by their ids. */
export const findSources = async (read: Reader, ids: readonly SourceId[]) => {
  const found = new Map<SourceId, Source>();
  for (const some of chunksOf(ids, chunk)) {
    const rows = await read.select().from(sources).where(isOneOf(sources.id, some));
    for (const row of rows) found.set(row.id, row);
  }
  return found;
};

/** What a look at a spec since an instant has found. */
export const findFetchedSince = async (
  read: Reader,
  { specHash, srcinfoOverride }: Pick<Source, "specHash" | "srcinfoOverride">,
  since: number,
): Promise<Source | undefined> => {
  const row = await read
    .select({ source: sources })
    .from(sourceChecks)
    .innerJoin(sources, eq(sources.id, sourceChecks.source))
    .where(
      and(
        eq(sourceChecks.specHash, specHash),
        gte(sourceChecks.checkedAt, since),
        isNull(sourceChecks.problem),
        eq(sources.srcinfoOverride, srcinfoOverride),
      ),
    )
    .get();
  return row?.source;
};

/** A look at a source that found nothing new, or failed. */
export type Look = { readonly source: SourceId; readonly problem: string | null };

/** Notes when sources were looked at, and what kept that from succeeding. */
export const recordLooks = async ({ now, state }: Recorder, looks: readonly Look[]) => {
  const at = now();
  for (const [problem, its] of Map.groupBy(looks, (look) => look.problem))
    for (const some of chunksOf(its, chunk)) {
      const ids = some.map(({ source }) => source);
      await state.write((transaction) =>
        transaction
          .update(sourceChecks)
          .set({ checkedAt: at, problem })
          .where(isOneOf(sourceChecks.source, ids)),
      );
    }
};

/** Deletes what was known of a removed package's sources, but not of one that was added again since. */
export const deleteSources = (state: State, pkgbase: Pkgbase, removedAt: number) =>
  state.write(async (transaction) => {
    await transaction
      .delete(sourceChecks)
      .where(
        and(
          eq(sourceChecks.pkgbase, pkgbase),
          lte(sourceChecks.checkedAt, removedAt),
          isOfNoPackage(transaction),
        ),
      );
    await transaction
      .delete(sources)
      .where(
        and(
          eq(sources.pkgbase, pkgbase),
          lte(sources.fetchedAt, removedAt),
          notInArray(sources.id, looked(transaction)),
        ),
      );
  });

/** Deletes sources fetched before an instant that no package, plan, build or publication names, and gives their ids. */
export const deleteUnnamed = (state: State, before: number): Promise<SourceId[]> =>
  state.write(async (transaction) => {
    await transaction
      .delete(sourceChecks)
      .where(and(lt(sourceChecks.checkedAt, before), isOfNoPackage(transaction)));
    const deleted = await transaction
      .delete(sources)
      .where(
        and(
          lt(sources.fetchedAt, before),
          notInArray(sources.id, looked(transaction)),
          notExists(
            transaction.select({ id: builds.id }).from(builds).where(eq(builds.source, sources.id)),
          ),
          notInArray(
            sources.id,
            transaction
              .select({ id: planEntries.source })
              .from(planEntries)
              .where(isNotNull(planEntries.source)),
          ),
          notInArray(
            sources.id,
            transaction
              .select({ id: publications.source })
              .from(publications)
              .where(isNotNull(publications.source)),
          ),
        ),
      )
      .returning({ id: sources.id });
    return deleted.map(({ id }) => id);
  });

const looked = (transaction: Transaction) =>
  transaction.select({ id: sourceChecks.source }).from(sourceChecks);

/** Of a spec that no package has; one that is being removed has none. */
const isOfNoPackage = (transaction: Transaction) =>
  notExists(
    transaction
      .select({ pkgbase: packages.pkgbase })
      .from(packages)
      .where(
        and(
          eq(packages.pkgbase, sourceChecks.pkgbase),
          eq(packages.specHash, sourceChecks.specHash),
          isNull(packages.removedAt),
        ),
      ),
  );
