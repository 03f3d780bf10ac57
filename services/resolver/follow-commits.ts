import type { SourceProblem } from "#shared/model.ts";
import { parseSrcinfo } from "#shared/pacman/srcinfo.ts";
import { vcsSourcesOf } from "#shared/pacman/vcs-source.ts";
import type { FollowedCommit } from "#shared/state/sources.ts";
import type { Looks } from "./looks.ts";

type Followed = {
  /** Null where not every commit is known. */
  readonly commits: readonly FollowedCommit[] | null;
  readonly problem: SourceProblem | null;
};

/** The VCS sources of a .SRCINFO that may have another commit at each look. */
export const followedBy = (srcinfo: string, arch: string) =>
  vcsSourcesOf(parseSrcinfo(srcinfo), arch).filter(({ pinned }) => !pinned);

/**
 * The present commits of the VCS sources that a .SRCINFO names. Where a server could not be asked, the commit of an
 * earlier look stays, and the problem names that.
 */
export const followCommits = async (
  looks: Looks,
  srcinfo: string,
  arch: string,
  before: readonly FollowedCommit[] | null,
): Promise<Followed> => {
  const sources = vcsSourcesOf(parseSrcinfo(srcinfo), arch);
  const looked = await looks.at(sources.filter(({ pinned }) => !pinned));
  const rest = [...looked];
  const problems: SourceProblem[] = [];
  const commits = sources.map(({ url, ref, pinned }): FollowedCommit | undefined => {
    if (pinned) return { url, ref, commit: ref };
    const look = rest.shift();
    if (look?.kind === "found") return { url, ref, commit: look.commit };
    if (look) problems.push(problemOf(look));
    if (look?.kind === "unfollowed") return undefined;
    return before?.find((it) => it.url === url && it.ref === ref);
  });
  const known = commits.filter((it) => it !== undefined);
  return {
    commits: known.length === commits.length ? known : null,
    problem: problems.find(({ kind }) => kind !== "unfollowed") ?? problems[0] ?? null,
  };
};

const problemOf = (look: {
  readonly kind: "gone" | "unknown" | "unfollowed";
  readonly message: string;
}): SourceProblem => ({
  kind: look.kind === "unknown" ? "unasked" : look.kind,
  message: look.message,
});
