import { and, desc, eq, gt, inArray, isNotNull, lt, notInArray, sql } from "drizzle-orm";
import { yieldToOthers } from "#shared/pause.ts";
import { buildArtifacts, builds, sessionProblems, sessions } from "#shared/state/builds.ts";
import { publications } from "#shared/state/repo.ts";
import type { State } from "#shared/state/state.ts";
import type { Pruning } from "../decide-pruning.ts";
import { writeBuilds } from "./write-builds.ts";

/** Packages whose builds are read at once, and sessions that one write deletes. */
const page = { packages: 40, sessions: 500 };

/** Every package that has builds, with the published one and all of them, the newest first. */
export async function* readKept({ read }: State) {
  for (let after = ""; ; await yieldToOthers()) {
    const names = await read
      .selectDistinct({ pkgbase: builds.pkgbase })
      .from(builds)
      .where(gt(sql<string>`${builds.pkgbase}`, after))
      .orderBy(builds.pkgbase)
      .limit(page.packages);
    const last = names.at(-1);
    if (!last) return;
    after = last.pkgbase;
    const rows = await read
      .select({
        pkgbase: builds.pkgbase,
        id: builds.id,
        state: builds.state,
        version: builds.version,
        endedAt: builds.endedAt,
        published: publications.build,
        hasLog: sql<boolean>`${builds.logSha256} is not null`.mapWith(Boolean),
        hasFiles: sql<boolean>`${builds.request} is not null or exists (
          select 1 from ${buildArtifacts} where ${buildArtifacts.build} = ${builds.id})`.mapWith(
          Boolean,
        ),
      })
      .from(builds)
      .leftJoin(publications, eq(publications.pkgbase, builds.pkgbase))
      .where(
        inArray(
          builds.pkgbase,
          names.map(({ pkgbase }) => pkgbase),
        ),
      )
      .orderBy(builds.pkgbase, desc(builds.orderedAt));
    for (const its of Map.groupBy(rows, ({ pkgbase }) => pkgbase).values())
      yield { published: its[0]?.published ?? undefined, builds: its };
  }
}

/** Writes what was decided of one package's builds. Nothing of it concerns a build that has not ended. */
export const prunePackage = (state: State, { forgotten, withoutFiles, withoutLog }: Pruning) =>
  writeBuilds(state, async (transaction) => {
    const gone = [...forgotten, ...withoutFiles];
    await transaction.delete(buildArtifacts).where(inArray(buildArtifacts.build, gone));
    await transaction.delete(builds).where(inArray(builds.id, [...forgotten]));
    await transaction
      .update(builds)
      .set({ request: null })
      .where(inArray(builds.id, [...withoutFiles]));
    await transaction
      .update(builds)
      .set({ logSha256: null, logBytes: null, clockSha256: null })
      .where(inArray(builds.id, [...withoutLog]));
  });

/** Deletes planned sessions that were ordered before an instant and have no build any more. */
export const deleteSessionsBefore = async (state: State, instant: number) => {
  for (;;) {
    const old = await state.read
      .select({ id: sessions.id })
      .from(sessions)
      .where(
        and(
          lt(sessions.orderedAt, instant),
          isNotNull(sessions.plannedAt),
          notInArray(sessions.id, state.read.select({ id: builds.session }).from(builds)),
        ),
      )
      .limit(page.sessions);
    if (old.length === 0) return;
    const ids = old.map(({ id }) => id);
    await writeBuilds(state, async (transaction) => {
      await transaction.delete(sessionProblems).where(inArray(sessionProblems.session, ids));
      await transaction.delete(sessions).where(inArray(sessions.id, ids));
    });
    await yieldToOthers();
  }
};
