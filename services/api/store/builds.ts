import { and, asc, desc, eq, inArray } from "drizzle-orm";
import { Fault } from "#shared/fault.ts";
import type { Pkgbase } from "#shared/model.ts";
import { builds, isOfCompleteSession, sessions } from "#shared/state/builds.ts";
import type { Reader } from "#shared/state/state.ts";
import type { BuildName } from "../build-name.ts";

const unfinished = ["pending", "requested", "running", "publishing"] as const;

/** What every view of a build shows. */
export const columns = {
  id: builds.id,
  state: builds.state,
  message: builds.message,
  progress: builds.progress,
  reason: sessions.reason,
  version: builds.version,
  orderedAt: builds.orderedAt,
  startedAt: builds.startedAt,
  endedAt: builds.endedAt,
  logSha256: builds.logSha256,
  source: builds.source,
  measurements: builds.measurements,
};

const select = (read: Reader) =>
  read.select(columns).from(builds).leftJoin(sessions, eq(sessions.id, builds.session));

export type BuildRow = Awaited<ReturnType<typeof select>>[number];

/** Newest first; no `count`: all. */
export const listBuilds = (read: Reader, pkgbase: Pkgbase, count?: number) =>
  select(read)
    .where(and(eq(builds.pkgbase, pkgbase), isOfCompleteSession(builds)))
    .orderBy(desc(builds.orderedAt))
    .limit(count ?? -1);

/** Those that have not ended, oldest first. */
export const findUnfinishedBuilds = (read: Reader, pkgbase: string) =>
  read
    .select({
      build: builds.id,
      state: builds.state,
      message: builds.message,
      progress: builds.progress,
      startedAt: builds.startedAt,
    })
    .from(builds)
    // Safe: compared only.
    .where(
      and(
        eq(builds.pkgbase, pkgbase as Pkgbase),
        inArray(builds.state, [...unfinished]),
        isOfCompleteSession(builds),
      ),
    )
    .orderBy(asc(builds.orderedAt));

export const demandBuild = async (read: Reader, pkgbase: Pkgbase, name: BuildName) => {
  const row = await named(read, pkgbase, name).get();
  if (!row) throw noBuild();
  return row;
};

export const noBuild = () => new Fault("missing", "package not found or no build at this time");

const named = (read: Reader, pkgbase: Pkgbase, name: BuildName) => {
  const ofPackage = and(eq(builds.pkgbase, pkgbase), isOfCompleteSession(builds));
  switch (name.kind) {
    case "latest":
      return select(read).where(ofPackage).orderBy(desc(builds.orderedAt)).limit(1);
    case "index":
      return select(read).where(and(ofPackage, eq(builds.number, name.index)));
    case "orderedAt":
      return select(read).where(and(ofPackage, eq(builds.orderedAt, name.at)));
  }
};
