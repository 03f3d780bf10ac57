import type { BuildId } from "#shared/model.ts";

/** A build as far as it matters what is kept of it. */
export type KeptBuild = {
  readonly id: BuildId;
  readonly state: string;
  readonly version: string | null;
  /** Absent until the build has ended. */
  readonly endedAt: number | null;
  readonly hasLog: boolean;
  /** Files that it made, or what it was made from. */
  readonly hasFiles: boolean;
};

type Terms = {
  /** The build that is published of the package. */
  readonly published: BuildId | undefined;
  /** Versions whose files are kept, and builds that are kept. */
  readonly versions: number;
  readonly builds: number;
  /** Instants: files of builds that ended before it may go, and their logs. */
  readonly filesBefore: number;
  readonly logsBefore: number;
};

export type Pruning = {
  /** Their rows go. They are older than every build that stays, so that builds keep their numbers. */
  readonly forgotten: readonly BuildId[];
  /** What they made and what they were made from goes. */
  readonly withoutFiles: readonly BuildId[];
  readonly withoutLog: readonly BuildId[];
};

/**
 * What is kept no longer of a package's builds, `builds` newest first. An unfinished build, the published one and the
 * newest build of each kept version stay as they are.
 */
export const decidePruning = (
  builds: readonly KeptBuild[],
  { published, versions, builds: keptBuilds, filesBefore, logsBefore }: Terms,
): Pruning => {
  const isUnfinished = ({ endedAt }: KeptBuild) => endedAt === null;
  const newestOf = newestOfVersions(builds, versions);
  const isWhole = (build: KeptBuild) =>
    isUnfinished(build) || build.id === published || newestOf.has(build.id);
  const count = Math.max(keptBuilds, builds.findLastIndex(isWhole) + 1);
  const [kept, forgotten] = [builds.slice(0, count), builds.slice(count)];

  const lastFailed = kept.find(({ state }) => state === "failure" || state === "fatal");
  const lastPublished = kept.find(({ state }) => state === "success");
  const keepsLog = ({ id }: KeptBuild) =>
    id === published || id === lastFailed?.id || id === lastPublished?.id;
  const endedBefore = ({ endedAt }: KeptBuild, instant: number) =>
    endedAt !== null && endedAt < instant;
  return {
    forgotten: idsOf(forgotten),
    withoutFiles: idsOf(
      kept.filter((it) => it.hasFiles && !isWhole(it) && endedBefore(it, filesBefore)),
    ),
    withoutLog: idsOf(
      kept.filter((it) => it.hasLog && !keepsLog(it) && endedBefore(it, logsBefore)),
    ),
  };
};

/** The newest successful build of each of the newest versions. */
const newestOfVersions = (builds: readonly KeptBuild[], versions: number) => {
  const newest = new Map<string, BuildId>();
  for (const { id, state, version } of builds)
    if (state === "success" && version !== null && newest.size < versions && !newest.has(version))
      newest.set(version, id);
  return new Set(newest.values());
};

const idsOf = (builds: readonly KeptBuild[]) => builds.map(({ id }) => id);
