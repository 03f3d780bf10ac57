import { and, desc, eq, inArray, isNotNull } from "drizzle-orm";
import { Fault } from "#shared/fault.ts";
import type { BuildId, Pkgbase, SourceId } from "#shared/model.ts";
import { builds } from "#shared/state/builds.ts";
import { packages } from "#shared/state/packages.ts";
import { publications } from "#shared/state/repo.ts";
import { sourceChecks, sources } from "#shared/state/sources.ts";
import type { Reader } from "#shared/state/state.ts";
import type { SourceName } from "../recipe/source-name.ts";
import { demandBuild } from "./builds.ts";

export type Source = typeof sources.$inferSelect;

/** Sources that one answer lists. */
const most = 100;

/** No source has this name; `isGone` where there was one, which is no longer kept. */
export class NoSource extends Fault {
  readonly isGone: boolean;
  /** Of those that there are, the newest first. */
  readonly ids: readonly SourceId[];

  constructor(message: string, isGone: boolean, ids: readonly SourceId[]) {
    super("missing", message);
    this.isGone = isGone;
    this.ids = ids;
  }
}

/** The last look at a package's source, and the sources that the package's builds and its next one are of. */
export const readLooked = async (read: Reader, pkgbase: Pkgbase) => {
  const check = await read
    .select({ check: sourceChecks })
    .from(packages)
    .innerJoin(
      sourceChecks,
      and(eq(sourceChecks.pkgbase, packages.pkgbase), eq(sourceChecks.specHash, packages.specHash)),
    )
    .where(eq(packages.pkgbase, pkgbase))
    .get();
  const published = await read
    .select({ source: publications.source })
    .from(publications)
    .where(eq(publications.pkgbase, pkgbase))
    .get();
  return { check: check?.check, published: published?.source ?? undefined };
};

/** The newest first, each with the builds that are of it. */
export const listSources = async (read: Reader, pkgbase: Pkgbase) => {
  const rows = await read
    .select()
    .from(sources)
    .where(eq(sources.pkgbase, pkgbase))
    .orderBy(desc(sources.fetchedAt), desc(sources.id))
    .limit(most);
  const built = await read
    .select({ source: builds.source, orderedAt: builds.orderedAt })
    .from(builds)
    .where(
      and(
        eq(builds.pkgbase, pkgbase),
        isNotNull(builds.source),
        inArray(
          builds.source,
          rows.map(({ id }) => id),
        ),
      ),
    )
    .orderBy(desc(builds.orderedAt));
  const bySource = Map.groupBy(built, ({ source }) => source);
  return rows.map((source) => ({
    source,
    builds: (bySource.get(source.id) ?? []).map(({ orderedAt }) => orderedAt),
  }));
};

/** `NoSource` where there is none of this name. */
export const demandSource = async (
  read: Reader,
  pkgbase: Pkgbase,
  name: SourceName,
): Promise<Source> => {
  const { id, what } = await idOf(read, pkgbase, name);
  const source = id === undefined ? undefined : await findSource(read, pkgbase, id);
  if (source) return source;
  const kept = await read
    .select({ id: sources.id })
    .from(sources)
    .where(eq(sources.pkgbase, pkgbase))
    .orderBy(desc(sources.fetchedAt))
    .limit(most);
  const ids = kept.map((row) => row.id);
  const isGone = id !== undefined && (await wasBuilt(read, pkgbase, id));
  const why = isGone ? `is no longer kept` : "is not there";
  throw new NoSource(`the source of ${pkgbase} ${what} ${why}`, isGone, ids);
};

const findSource = (read: Reader, pkgbase: Pkgbase, id: SourceId) =>
  read
    .select()
    .from(sources)
    .where(and(eq(sources.id, id), eq(sources.pkgbase, pkgbase)))
    .get();

const wasBuilt = async (read: Reader, pkgbase: Pkgbase, id: SourceId) => {
  const row = await read
    .select({ id: builds.id })
    .from(builds)
    .where(and(eq(builds.source, id), eq(builds.pkgbase, pkgbase)))
    .limit(1)
    .get();
  return row !== undefined;
};

const idOf = async (
  read: Reader,
  pkgbase: Pkgbase,
  name: SourceName,
): Promise<{ readonly id: SourceId | undefined; readonly what: string }> => {
  switch (name.kind) {
    case "published": {
      const { published } = await readLooked(read, pkgbase);
      return { id: published, what: "that what is published was built from" };
    }
    case "next": {
      const { check } = await readLooked(read, pkgbase);
      return { id: check?.source, what: "that the next build is made from" };
    }
    case "build": {
      const { source } = await demandBuild(read, pkgbase, name.name);
      return { id: source ?? undefined, what: "that this build was made from" };
    }
    case "id": {
      const row = await read
        .select({ source: builds.source })
        .from(builds)
        // Safe: compared only.
        .where(and(eq(builds.id, name.id as BuildId), eq(builds.pkgbase, pkgbase)))
        .get();
      // Safe: as above.
      const id = row ? (row.source ?? undefined) : (name.id as SourceId);
      return { id, what: name.id };
    }
  }
};
