import type { FollowedCommit, sources } from "./sources.ts";

type Present = Pick<typeof sources.$inferSelect, "state" | "snapshotSha256" | "commits">;

/** What a published package was built from. */
export type Built = {
  /** The state that was recorded with it. */
  readonly state: string;
  /** Null where the row of its source was not recorded, or is kept no longer. */
  readonly snapshotSha256: string | null;
  readonly commits: readonly FollowedCommit[] | null;
};

/**
 * Whether a build of a source as it is now would be made of what the published package was made of: the same files,
 * and for a devel package the same commits. What is not known is never the same.
 */
export const isSameSource = (devel: boolean, present: Present, built: Built | undefined) => {
  if (!built) return false;
  if (built.snapshotSha256 === null) return built.state === present.state;
  if (built.snapshotSha256 !== present.snapshotSha256) return false;
  if (!devel) return true;
  if (present.commits === null) return false;
  const commits = new Map((built.commits ?? []).map((it) => [keyOf(it), it.commit]));
  return present.commits.every((it) => commits.get(keyOf(it)) === it.commit);
};

const keyOf = ({ url, ref }: FollowedCommit) => `${url} ${ref}`;
