import { parseSrcinfo, versionOf } from "#shared/pacman/srcinfo.ts";
import { readCommandLine } from "./command-line.ts";
import type { Resolver } from "./context.ts";
import { fetchSource } from "./fetch-source.ts";
import { followCommits } from "./follow-commits.ts";
import type { AurPackage } from "./pick-listed.ts";
import { stateOf } from "./source-state.ts";
import type { AddedPackage } from "./store/added.ts";
import { type FetchedSource, isSameState, recordSources, type Source } from "./store/sources.ts";
import { orUnusable } from "./unusable.ts";

export type Updated = {
  /** Null where nothing was ever fetched. */
  readonly source: Source | null;
  readonly problem: string | null;
};

/**
 * Looks whether a package's source has a new state, and records that one. Files are fetched only where they changed or where
 * the package reads its .SRCINFO in another way now. Where that fails, the source is the one of the last look.
 */
export const update = async (
  context: Resolver,
  added: AddedPackage,
  listed: AurPackage | undefined,
): Promise<Updated> => {
  const { source: before, pkgbase, spec, specHash, devel, srcinfoOverride } = added;
  const isUnchanged =
    before !== null && srcinfoOverride === before.srcinfoOverride
      ? await orUnusable(() => hasSameFiles(context, added, before, listed))
      : false;
  if (typeof isUnchanged === "object") return { source: before, problem: isUnchanged.message };

  const aur = listed?.record ?? null;
  const after =
    before !== null && isUnchanged
      ? await orUnusable(() => followed(context, added, { ...before, aur }))
      : await fetchSource(context, { spec, specHash, pkgbase, aur, devel, srcinfoOverride });
  if (after.kind === "unusable") return { source: before, problem: after.message };
  if (before !== null && isSameState(before, after.source))
    return { source: before, problem: null };
  const [source = before] = await recordSources(context, [after.source]);
  return { source, problem: null };
};

/** Whether the files are those of the last fetch. */
const hasSameFiles = async (
  { git, aur }: Resolver,
  { spec, pkgbase }: AddedPackage,
  { srcinfo, revision }: Source,
  listed: AurPackage | undefined,
): Promise<boolean> => {
  switch (spec.type) {
    case "raw":
      return true;
    case "cli":
      return (await readCommandLine()).revision === revision;
    case "git":
      return (await git.resolve(spec.url, "HEAD")) === revision;
    case "aur":
      return (
        listed?.version === versionOf(parseSrcinfo(srcinfo)) ||
        (await git.resolve(aur.gitUrl(pkgbase), "HEAD")) === revision
      );
  }
};

/** The same files, whose devel sources may have other commits now. */
const followed = async (
  context: Resolver,
  { spec, devel }: AddedPackage,
  { id: _, fetchedAt: __, ...source }: Source,
): Promise<{ readonly kind: "fetched"; readonly source: FetchedSource }> => {
  const srcinfo = parseSrcinfo(source.srcinfo);
  const commits = devel ? await followCommits(context, srcinfo) : [];
  const state = stateOf(spec, srcinfo, source.revision, commits);
  return { kind: "fetched", source: { ...source, commits, state } };
};
