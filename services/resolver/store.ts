import { and, eq, gt, inArray, isNull, lt, lte, notInArray, type SQL } from "drizzle-orm";
import type { Pkgbase, Pkgname, SourceId } from "#shared/model.ts";
import { yieldToOthers } from "#shared/pause.ts";
import { packages } from "#shared/state/packages.ts";
import { readPages } from "#shared/state/read-pages.ts";
import { artifacts, publications } from "#shared/state/repo.ts";
import { officialDatabases, sources } from "#shared/state/sources.ts";
import type { Reader, State, Transaction } from "#shared/state/state.ts";

export type Source = typeof sources.$inferSelect;

export type AddedPackage = {
  /** Rises with every added package. */
  readonly position: number;
  readonly source: Source;
  readonly devel: boolean;
  readonly srcinfoOverride: boolean;
};

/** The packages there are, with their sources: those of the names, or all. */
export const readAdded = async (
  read: Reader,
  names?: readonly Pkgbase[],
): Promise<AddedPackage[]> => {
  if (!names) return readWhere(read, undefined);
  const rows: AddedPackage[] = [];
  for (let start = 0; start < names.length; start += mostNamed) {
    const some = names.slice(start, start + mostNamed);
    rows.push(...(await readWhere(read, inArray(packages.pkgbase, some))));
  }
  return rows;
};

const readWhere = (read: Reader, condition: SQL | undefined): Promise<AddedPackage[]> =>
  readPages((last, limit) =>
    read
      .select({
        position: packages.position,
        source: sources,
        devel: packages.devel,
        srcinfoOverride: packages.srcinfoOverride,
      })
      .from(packages)
      .innerJoin(sources, eq(sources.id, packages.source))
      .where(
        and(isNull(packages.removedAt), condition, last && gt(packages.position, last.position)),
      )
      .orderBy(packages.position)
      .limit(limit),
  );

/** A query may name so many. */
const mostNamed = 500;

export const readPublished = (read: Reader) =>
  readPages<Published>((last, limit) =>
    read
      .select({
        pkgbase: artifacts.pkgbase,
        name: artifacts.pkgname,
        version: artifacts.version,
        provides: artifacts.provides,
        depends: artifacts.depends,
      })
      .from(artifacts)
      .where(last && gt(artifacts.pkgname, last.name))
      .orderBy(artifacts.pkgname)
      .limit(limit),
  );

type Published = Pick<
  typeof artifacts.$inferSelect,
  "pkgbase" | "version" | "provides" | "depends"
> & { readonly name: Pkgname };

/** The state of the source that each published package was built from. */
export const readBuiltStates = async (
  read: Reader,
  names: readonly Pkgbase[],
): Promise<ReadonlyMap<Pkgbase, string>> => {
  const { pkgbase, sourceState } = publications;
  const states = new Map<Pkgbase, string>();
  for (let start = 0; start < names.length; start += mostNamed) {
    const rows = await read
      .select({ pkgbase, sourceState })
      .from(publications)
      .where(inArray(pkgbase, names.slice(start, start + mostNamed)));
    for (const row of rows) states.set(row.pkgbase, row.sourceState);
    await yieldToOthers();
  }
  return states;
};

export const insertSources = async (state: State, rows: readonly Source[]) => {
  await state.write((transaction) =>
    transaction
      .insert(sources)
      .values([...rows])
      .onConflictDoNothing(),
  );
};

/** Takes the place of `before`, unless that was updated or deleted meanwhile. */
export const updateSource = async (state: State, before: Source, after: Source) => {
  const { id, ...content } = after;
  await state.write((transaction) =>
    transaction
      .update(sources)
      .set(content)
      .where(
        and(
          eq(sources.id, before.id),
          eq(sources.fetchedAt, before.fetchedAt),
          eq(sources.state, before.state),
        ),
      ),
  );
  return id;
};

/** Deletes a removed package's sources, but not those of one added again since. */
export const deleteSources = async (state: State, pkgbase: Pkgbase, removedAt: number) => {
  await state.write((transaction) =>
    transaction
      .delete(sources)
      .where(
        and(
          eq(sources.pkgbase, pkgbase),
          lte(sources.fetchedAt, removedAt),
          notInArray(sources.id, adopted(transaction)),
        ),
      ),
  );
};

/** Deletes sources fetched before `instant` that no package names. */
export const deleteUnadopted = async (state: State, instant: number): Promise<SourceId[]> => {
  const deleted = await state.write((transaction) =>
    transaction
      .delete(sources)
      .where(and(lt(sources.fetchedAt, instant), notInArray(sources.id, adopted(transaction))))
      .returning({ id: sources.id }),
  );
  return deleted.map(({ id }) => id);
};

const adopted = (transaction: Transaction) =>
  transaction.select({ id: packages.source }).from(packages).where(isNull(packages.removedAt));

export const readOfficialDatabases = (read: Reader, repository: string) =>
  read.select().from(officialDatabases).where(eq(officialDatabases.repository, repository)).get();

export const writeOfficialDatabase = async (
  state: State,
  row: typeof officialDatabases.$inferInsert,
) => {
  await state.write((transaction) =>
    transaction
      .insert(officialDatabases)
      .values(row)
      .onConflictDoUpdate({ target: officialDatabases.repository, set: row }),
  );
};
