import { and, desc, eq, gte, lt, sql } from "drizzle-orm";
import type { BuildId } from "#shared/model.ts";
import { buildArtifacts, builds } from "#shared/state/builds.ts";
import type { State } from "#shared/state/state.ts";

export type Build = typeof builds.$inferSelect;

export const findBuild = async ({ read }: State, id: BuildId) =>
  read.select().from(builds).where(eq(builds.id, id)).get();

/** The record of what a build made, its hashes by filename. */
export const recordedOf = async ({ read }: State, build: BuildId) => {
  const rows = await read.select().from(buildArtifacts).where(eq(buildArtifacts.build, build));
  return new Map(rows.map(({ filename, sha256 }) => [filename, sha256]));
};

/** The package files by these names, without their extensions, that builds made which succeeded; the newest first. */
export const findBuilt = ({ read }: Pick<State, "read">, names: readonly string[]) =>
  read
    .select({
      filename: buildArtifacts.filename,
      sha256: buildArtifacts.sha256,
      bytes: buildArtifacts.bytes,
    })
    .from(buildArtifacts)
    // A range of the index on filenames for each name: an expression of the filename would read every row.
    .innerJoin(
      sql`json_each(${JSON.stringify([...new Set(names)])}) as named`,
      and(
        gte(buildArtifacts.filename, sql`named.value || '.pkg.tar'`),
        lt(buildArtifacts.filename, sql`named.value || '.pkg.tas'`),
      ),
    )
    .innerJoin(builds, eq(builds.id, buildArtifacts.build))
    // The plus keeps SQLite from beginning with every build that succeeded ("Disqualifying WHERE Clause Terms").
    .where(sql`+${builds.state} = ${"success"}`)
    .orderBy(desc(builds.orderedAt));
