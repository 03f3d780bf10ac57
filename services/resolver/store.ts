import { and, eq, gt, gte, isNull, lt, lte, max, notInArray, type SQL, sql } from "drizzle-orm";
import type { Pkgbase, Pkgname, SourceId } from "#shared/model.ts";
import { yieldToOthers } from "#shared/pause.ts";
import { isOneOf } from "#shared/state/one-of.ts";
import { packages } from "#shared/state/packages.ts";
import { asOne, readPages, shortRows } from "#shared/state/read-pages.ts";
import { artifacts, generations, publications } from "#shared/state/repo.ts";
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
    rows.push(...(await readWhere(read, isOneOf(packages.pkgbase, some))));
    await yieldToOthers();
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

/** A package that is added, as short as it can be: reading thousands of sources takes too long. */
export type Listed = readonly [position: number, source: SourceId];

export const listAdded = (read: Reader) =>
  readPages<Listed>(async (last, limit) => {
    const page = read
      .select({ position: packages.position, source: packages.source })
      .from(packages)
      .where(and(isNull(packages.removedAt), last && gt(packages.position, last[0])))
      .orderBy(packages.position)
      .limit(limit)
      .as("page");
    const row = sql`json_array(${page.position}, ${page.source})`;
    const all = await read.select(asOne(row)).from(page).get();
    // Safe: the columns above, of tables whose writers keep to their types.
    return (JSON.parse(all?.rows ?? "[]") as Listed[]).toSorted(([a], [b]) => a - b);
  }, shortRows);

/** The sources of added packages that were fetched since `instant`, with the time of their fetch. */
export const listFetched = async (read: Reader, instant: number) => {
  const all = await read
    .select(asOne(sql`json_array(${sources.id}, ${sources.fetchedAt})`))
    .from(sources)
    .innerJoin(
      packages,
      and(eq(packages.pkgbase, sources.pkgbase), eq(packages.source, sources.id)),
    )
    .where(and(gte(sources.fetchedAt, instant), isNull(packages.removedAt)))
    .get();
  // Safe: the columns above, of tables whose writers keep to their types.
  return JSON.parse(all?.rows ?? "[]") as (readonly [id: SourceId, fetchedAt: number])[];
};

export const countAdded = (read: Reader) => read.$count(packages, isNull(packages.removedAt));

/** The texts of sources, by their ids. */
export const readSrcinfos = async (read: Reader, ids: readonly SourceId[]) => {
  const rows: Pick<Source, "id" | "srcinfo" | "spec" | "fetchedAt">[] = [];
  for (let start = 0; start < ids.length; start += mostNamed) {
    const some = ids.slice(start, start + mostNamed);
    const { id, srcinfo, spec, fetchedAt } = sources;
    const columns = { id, srcinfo, spec, fetchedAt };
    rows.push(...(await read.select(columns).from(sources).where(isOneOf(id, some))));
    await yieldToOthers();
  }
  return rows;
};

/** A query may name so many. */
const mostNamed = 500;

/** The number of the generation that is served, 0 before the first. */
export const findGeneration = async (read: Reader) => {
  const row = await read
    .select({ number: max(generations.number) })
    .from(generations)
    .get();
  return row?.number ?? 0;
};

/** The packages of the generation that is served, by name. */
export const readPublished = (read: Reader) =>
  readPages<Published>(async (last, limit) => {
    const page = read
      .select()
      .from(artifacts)
      .where(last && gt(artifacts.pkgname, last.name))
      .orderBy(artifacts.pkgname)
      .limit(limit)
      .as("page");
    const row = sql`json_object(
      'pkgbase', ${page.pkgbase}, 'name', ${page.pkgname}, 'version', ${page.version},
      'provides', json(${page.provides}), 'depends', json(${page.depends}))`;
    const all = await read.select(asOne(row)).from(page).get();
    // Safe: the columns above, of tables whose writers keep to their types.
    const rows = JSON.parse(all?.rows ?? "[]") as Published[];
    return rows.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  });

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
      .where(isOneOf(pkgbase, names.slice(start, start + mostNamed)));
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
