import { parseSrcinfo, versionOf } from "#shared/pacman/srcinfo.ts";
import { readCommandLine } from "./command-line.ts";
import type { Resolver } from "./context.ts";
import { fetchSource } from "./fetch-source.ts";
import { followCommits } from "./follow-commits.ts";
import type { AurPackage } from "./pick-listed.ts";
import { stateOf } from "./source-state.ts";
import { type AddedPackage, type Source, updateSource } from "./store.ts";
import { orUnusable, type Unusable } from "./unusable.ts";

export type Updated = { readonly source: Source; readonly problem: string | null };

/**
 * Brings a package's source up to date, and its row. Files are fetched only where they changed or where
 * the package reads its .SRCINFO in another way now. What cannot be updated stays as it is.
 */
export const update = async (
  context: Resolver,
  { source: before, devel, srcinfoOverride }: AddedPackage,
  listed: AurPackage | undefined,
): Promise<Updated> => {
  const isSame =
    srcinfoOverride === before.srcinfoOverride
      ? await orUnusable(() => isUnchanged(context, before, listed))
      : false;
  if (typeof isSame === "object") return { source: before, problem: isSame.message };

  const { spec, pkgbase } = before;
  const after = isSame
    ? await orUnusable(() => followed(context, before, devel))
    : await refetched(context, { spec, pkgbase, devel, srcinfoOverride });
  if ("kind" in after) return { source: before, problem: after.message };
  if (isSame && after.state === before.state) return { source: before, problem: null };
  const source = { ...after, id: before.id };
  await updateSource(context.state, before, source);
  return { source, problem: null };
};

/** Whether the files are those of the last fetch. */
const isUnchanged = async (
  { git, aur }: Resolver,
  { spec, pkgbase, srcinfo, revision }: Source,
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

const followed = async (context: Resolver, source: Source, devel: boolean): Promise<Source> => {
  const srcinfo = parseSrcinfo(source.srcinfo);
  const commits = devel ? await followCommits(context, srcinfo) : [];
  return {
    ...source,
    state: stateOf(source.spec, srcinfo, source.revision, commits),
    fetchedAt: context.now(),
  };
};

const refetched = async (
  context: Resolver,
  request: Parameters<typeof fetchSource>[1],
): Promise<Source | Unusable> => {
  const result = await fetchSource(context, request);
  return result.kind === "unusable" ? result : result.source;
};
