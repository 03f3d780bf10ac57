import { and, eq, gt, isNull, max, type SQL, sql } from "drizzle-orm";
import { chunksOf } from "#shared/in-turns.ts";
import type { SourceSpec } from "#shared/messages/resolve.ts";
import type { Pkgbase, Pkgname, SourceId } from "#shared/model.ts";
import { yieldToOthers } from "#shared/pause.ts";
import { isOneOf } from "#shared/state/one-of.ts";
import { packages } from "#shared/state/packages.ts";
import { asOne, readPages, shortRows } from "#shared/state/read-pages.ts";
import { artifacts, generations, publications } from "#shared/state/repo.ts";
import type { Built } from "#shared/state/same-source.ts";
import { sourceChecks, sources } from "#shared/state/sources.ts";
import type { Reader } from "#shared/state/state.ts";
import type { Source } from "./sources.ts";

export type AddedPackage = {
  /** Rises with every added package. */
  readonly position: number;
  readonly pkgbase: Pkgbase;
  readonly spec: SourceSpec;
  readonly specHash: string;
  /** What the last look at its spec found. */
  readonly source: Source | null;
  readonly devel: boolean;
  readonly srcinfoOverride: boolean;
};

const isOfSpec = and(
  eq(sourceChecks.pkgbase, packages.pkgbase),
  eq(sourceChecks.specHash, packages.specHash),
);

/** The packages of these names, with what their sources were last. */
export const readAdded = async (read: Reader, names: readonly Pkgbase[]) => {
  const rows: AddedPackage[] = [];
  for (const some of chunksOf(names, mostNamed)) {
    rows.push(...(await readWhere(read, isOneOf(packages.pkgbase, some))));
    await yieldToOthers();
  }
  return rows;
};

const readWhere = (read: Reader, condition: SQL): Promise<AddedPackage[]> =>
  readPages((last, limit) =>
    read
      .select({
        position: packages.position,
        pkgbase: packages.pkgbase,
        spec: packages.spec,
        specHash: packages.specHash,
        source: sources,
        devel: packages.devel,
        srcinfoOverride: packages.srcinfoOverride,
      })
      .from(packages)
      .leftJoin(sourceChecks, isOfSpec)
      .leftJoin(sources, eq(sources.id, sourceChecks.source))
      .where(
        and(isNull(packages.removedAt), condition, last && gt(packages.position, last.position)),
      )
      .orderBy(packages.position)
      .limit(limit),
  );

/** A package that is added, as short as it can be: reading thousands of sources takes too long. */
export type Listed = readonly [
  position: number,
  pkgbase: Pkgbase,
  type: SourceSpec["type"],
  source: SourceId | null,
];

export const listAdded = (read: Reader) =>
  readPages<Listed>(async (last, limit) => {
    const page = read
      .select({
        position: packages.position,
        pkgbase: packages.pkgbase,
        type: sql`json_extract(${packages.spec}, '$.type')`.as("type"),
        source: sourceChecks.source,
      })
      .from(packages)
      .leftJoin(sourceChecks, isOfSpec)
      .where(and(isNull(packages.removedAt), last && gt(packages.position, last[0])))
      .orderBy(packages.position)
      .limit(limit)
      .as("page");
    const row = sql`json_array(${page.position}, ${page.pkgbase}, ${page.type}, ${page.source})`;
    const all = await read.select(asOne(row)).from(page).get();
    // Safe: the columns above, of tables whose writers keep to their types.
    return (JSON.parse(all?.rows ?? "[]") as Listed[]).toSorted(([a], [b]) => a - b);
  }, shortRows);

/** The texts of sources, by their ids. */
export const readSrcinfos = async (read: Reader, ids: readonly SourceId[]) => {
  const rows: Pick<Source, "id" | "srcinfo">[] = [];
  for (const some of chunksOf(ids, mostNamed)) {
    const { id, srcinfo } = sources;
    rows.push(...(await read.select({ id, srcinfo }).from(sources).where(isOneOf(id, some))));
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

/** What each published package was built from. */
export const readBuilt = async (
  read: Reader,
  names: readonly Pkgbase[],
): Promise<ReadonlyMap<Pkgbase, Built>> => {
  const built = new Map<Pkgbase, Built>();
  for (const some of chunksOf(names, mostNamed)) {
    const rows = await read
      .select({
        pkgbase: publications.pkgbase,
        state: publications.sourceState,
        snapshotSha256: sources.snapshotSha256,
        commits: sources.commits,
      })
      .from(publications)
      .leftJoin(sources, eq(sources.id, publications.source))
      .where(isOneOf(publications.pkgbase, some));
    for (const { pkgbase, ...row } of rows) built.set(pkgbase, row);
    await yieldToOthers();
  }
  return built;
};
