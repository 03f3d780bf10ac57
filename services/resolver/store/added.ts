import { and, eq, inArray, isNull } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { SourceSpec } from "#shared/messages/resolve.ts";
import type { Pkgbase } from "#shared/model.ts";
import { packages } from "#shared/state/packages.ts";
import { artifacts, publications } from "#shared/state/repo.ts";
import { sourceChecks, sources } from "#shared/state/sources.ts";
import type { Reader } from "#shared/state/state.ts";
import type { Source } from "./sources.ts";

export type AddedPackage = {
  readonly pkgbase: Pkgbase;
  readonly spec: SourceSpec;
  readonly specHash: string;
  /** What the last look at its spec found. */
  readonly source: Source | null;
  readonly devel: boolean;
  readonly srcinfoOverride: boolean;
};

/** The packages there are, with what their sources were last: those of the names, or all. */
export const readAdded = (read: Reader, names?: readonly Pkgbase[]): Promise<AddedPackage[]> =>
  read
    .select({
      pkgbase: packages.pkgbase,
      spec: packages.spec,
      specHash: packages.specHash,
      source: sources,
      devel: packages.devel,
      srcinfoOverride: packages.srcinfoOverride,
    })
    .from(packages)
    .leftJoin(
      sourceChecks,
      and(eq(sourceChecks.pkgbase, packages.pkgbase), eq(sourceChecks.specHash, packages.specHash)),
    )
    .leftJoin(sources, eq(sources.id, sourceChecks.source))
    .where(and(isNull(packages.removedAt), among(packages.pkgbase, names)))
    .orderBy(packages.position);

/** A query may name so many; for more, all rows are read. */
const mostNamed = 500;

const among = (column: SQLiteColumn, names: readonly string[] | undefined) =>
  names && names.length <= mostNamed ? inArray(column, [...names]) : undefined;

export const readPublished = async (read: Reader) =>
  await read
    .select({
      pkgbase: artifacts.pkgbase,
      name: artifacts.pkgname,
      version: artifacts.version,
      provides: artifacts.provides,
      depends: artifacts.depends,
    })
    .from(artifacts)
    .orderBy(artifacts.pkgname);

/** The state of the source that each published package was built from. */
export const readBuiltStates = async (
  read: Reader,
  names: readonly Pkgbase[],
): Promise<ReadonlyMap<Pkgbase, string>> => {
  const { pkgbase, sourceState } = publications;
  const rows = await read
    .select({ pkgbase, sourceState })
    .from(publications)
    .where(among(pkgbase, names));
  return new Map(rows.map((row) => [row.pkgbase, row.sourceState]));
};
