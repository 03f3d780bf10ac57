import { and, desc, eq, inArray, sql } from "drizzle-orm";
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
export const findBuilt = async ({ read }: State, names: readonly string[]) =>
  read
    .select({
      filename: buildArtifacts.filename,
      sha256: buildArtifacts.sha256,
      bytes: buildArtifacts.bytes,
    })
    .from(buildArtifacts)
    .innerJoin(builds, eq(builds.id, buildArtifacts.build))
    .where(
      and(
        eq(builds.state, "success"),
        inArray(
          sql`substr(${buildArtifacts.filename}, 1, instr(${buildArtifacts.filename}, '.pkg.tar') - 1)`,
          [...names],
        ),
      ),
    )
    .orderBy(desc(builds.orderedAt));
