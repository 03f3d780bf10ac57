import type { SourceProblem } from "#shared/model.ts";
import { parseSrcinfo, versionOf } from "#shared/pacman/srcinfo.ts";
import { minutes } from "#shared/time.ts";
import { readCommandLine } from "./command-line.ts";
import type { Resolver } from "./context.ts";
import { fetchSource } from "./fetch-source.ts";
import { followCommits } from "./follow-commits.ts";
import type { Looks } from "./looks.ts";
import type { AurPackage } from "./pick-listed.ts";
import { stateOf } from "./source-state.ts";
import type { AddedPackage } from "./store/added.ts";
import { type FetchedSource, isSameState, recordSources, type Source } from "./store/sources.ts";
import { orUnusable, SourceFault } from "./unusable.ts";

export type Updated = {
  /** Null where nothing was ever fetched. */
  readonly source: Source | null;
  readonly problem: SourceProblem | null;
};

/** What others have learnt of a package's source. */
export type Learnt = {
  /** As the AUR lists it; undefined where it does not. A refusal where the AUR could not be asked. */
  readonly listed: AurPackage | SourceFault | undefined;
  readonly looks: Looks;
};

/**
 * Looks whether a package's source has a new state, and records that one. Files are fetched only where they changed or where
 * the package reads its .SRCINFO in another way now. Where a part cannot be looked at, that part is as it was at the last look,
 * and the problem says so.
 */
export const update = async (
  context: Resolver,
  added: AddedPackage,
  learnt: Learnt,
): Promise<Updated> => {
  const { source: before } = added;
  const { source: files, problem } = await updateFiles(context, added, learnt);
  if (files === null) return { source: before, problem };
  const followed = await follow(context, added, files, learnt.looks);
  const after = followed.source;
  const found = problem ?? followed.problem;
  if (before !== null && isSameState(before, after)) return { source: before, problem: found };
  const [source = before] = await recordSources(context, [after]);
  return { source, problem: found };
};

type Files = { readonly source: FetchedSource | null; readonly problem: SourceProblem | null };

/** The files as they are now, with the commits of the last look. */
const updateFiles = async (
  context: Resolver,
  added: AddedPackage,
  { listed }: Learnt,
): Promise<Files> => {
  const { source: before, pkgbase, spec, specHash, devel, srcinfoOverride } = added;
  const kept = before && keptOf(before);
  const isUnchanged =
    before === null ? false : await orUnusable(() => hasSameFiles(context, added, before, listed));
  if (typeof isUnchanged === "object")
    return { source: kept, problem: { kind: isUnchanged.problem, message: isUnchanged.message } };

  const aur = listed instanceof SourceFault ? null : (listed?.record ?? null);
  if (kept && isUnchanged && srcinfoOverride === kept.srcinfoOverride)
    return { source: { ...kept, aur }, problem: null };
  const fetched = await fetchSource(context, {
    spec,
    specHash,
    pkgbase,
    aur,
    devel,
    srcinfoOverride,
  });
  return fetched.kind === "unusable"
    ? { source: kept, problem: { kind: fetched.problem, message: fetched.message } }
    : { source: fetched.source, problem: null };
};

const keptOf = ({ id: _, fetchedAt: __, ...source }: Source): FetchedSource => source;

/**
 * Whether the files are those of the last fetch: the commit decides. The AUR's time of a package changes with each push
 * to its repository, so while that time stays, git need not be asked. `SourceFault` where the AUR's answer leaves that open.
 */
const hasSameFiles = async (
  { git, aur }: Resolver,
  { spec, pkgbase }: AddedPackage,
  { aur: recorded, fetchedAt, srcinfo, revision }: Source,
  listed: AurPackage | SourceFault | undefined,
): Promise<boolean> => {
  switch (spec.type) {
    case "raw":
      return true;
    case "cli":
      return (await readCommandLine()).revision === revision;
    case "git":
      return (await git.resolve(spec.url, "HEAD")) === revision;
    case "aur": {
      if (listed instanceof SourceFault) throw listed;
      if (!listed) throw new SourceFault("missing", `the AUR has no package ${spec.name} any more`);
      const pushedAt = listed.record.lastModified;
      const isUnpushed =
        pushedAt !== null &&
        pushedAt === recorded?.lastModified &&
        // The AUR's times are whole seconds: a second push may follow within one.
        pushedAt < fetchedAt - minutes(1) &&
        listed.version === versionOf(parseSrcinfo(srcinfo));
      return isUnpushed || (await git.resolve(aur.gitUrl(pkgbase), "HEAD")) === revision;
    }
  }
};

/** The same files, with the commits that the VCS sources of a devel package have now. */
const follow = async (
  { config }: Resolver,
  { spec, devel, source: before }: AddedPackage,
  files: FetchedSource,
  looks: Looks,
): Promise<{ readonly source: FetchedSource; readonly problem: SourceProblem | null }> => {
  const { srcinfo, revision } = files;
  const { commits, problem } = devel
    ? await followCommits(looks, srcinfo, config.ARCH, before?.commits ?? null)
    : { commits: [], problem: null };
  const state = stateOf(spec, parseSrcinfo(srcinfo), revision, commits);
  return { source: { ...files, commits, state }, problem };
};
