import type { Srcinfo } from "#shared/pacman/srcinfo.ts";
import type { FollowedCommit } from "#shared/state/sources.ts";
import type { Resolver } from "./context.ts";
import { gitSourcesOf } from "./git-sources.ts";

/** The present commits of the git repositories that a source names. */
export const followCommits = async (
  { git, config }: Pick<Resolver, "git" | "config">,
  srcinfo: Srcinfo,
): Promise<readonly FollowedCommit[]> => {
  const commits: FollowedCommit[] = [];
  for (const { url, want } of gitSourcesOf(srcinfo, config.ARCH))
    commits.push(
      want.kind === "commit"
        ? { url, ref: want.commit, commit: want.commit }
        : { url, ref: want.ref, commit: await git.resolve(url, want.ref) },
    );
  return commits;
};
