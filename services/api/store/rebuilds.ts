import { and, asc, desc, eq, inArray } from "drizzle-orm";
import { Fault } from "#shared/fault.ts";
import type { Pkgbase, RebuildId } from "#shared/model.ts";
import { builds } from "#shared/state/builds.ts";
import { rebuildArtifacts, rebuilds } from "#shared/state/rebuilds.ts";
import { publications } from "#shared/state/repo.ts";
import type { Reader } from "#shared/state/state.ts";

const select = (read: Reader) =>
  read
    .select({ rebuild: rebuilds, builtBy: builds.builder, published: publications.build })
    .from(rebuilds)
    .leftJoin(builds, eq(builds.id, rebuilds.build))
    .leftJoin(publications, eq(publications.pkgbase, rebuilds.pkgbase));

/** Newest first; no `count`: all. */
export const listRebuilds = async (read: Reader, pkgbase: Pkgbase, count?: number) =>
  withArtifacts(
    read,
    await select(read)
      .where(eq(rebuilds.pkgbase, pkgbase))
      .orderBy(desc(rebuilds.orderedAt))
      .limit(count ?? -1),
  );

export const demandRebuild = async (read: Reader, pkgbase: Pkgbase, id: RebuildId) => {
  const rows = await select(read).where(and(eq(rebuilds.pkgbase, pkgbase), eq(rebuilds.id, id)));
  const [row] = await withArtifacts(read, rows);
  if (!row) throw noRebuild();
  return row;
};

export const noRebuild = () => new Fault("missing", "package not found or no rebuild of this id");

type Row = Awaited<ReturnType<typeof select>>[number];

const withArtifacts = async (read: Reader, rows: readonly Row[]) => {
  const ids = rows.map(({ rebuild }) => rebuild.id);
  const artifacts = await read
    .select({
      rebuild: rebuildArtifacts.rebuild,
      filename: rebuildArtifacts.filename,
      status: rebuildArtifacts.status,
    })
    .from(rebuildArtifacts)
    .where(inArray(rebuildArtifacts.rebuild, ids))
    .orderBy(asc(rebuildArtifacts.filename));
  return rows.map((row) => ({
    ...row,
    artifacts: artifacts.filter(({ rebuild }) => rebuild === row.rebuild.id),
  }));
};

export type RebuildRow = Awaited<ReturnType<typeof withArtifacts>>[number];
