import type { SourceSpec } from "#shared/messages/resolve.ts";
import { type Srcinfo, versionOf } from "#shared/pacman/srcinfo.ts";
import type { FollowedCommit } from "#shared/state/sources.ts";

/**
 * Names the state of a source for a person. `commits` are those of the repositories that a devel package follows, null
 * where they are not known. `isSameSource` decides whether a package is up to date.
 */
export const stateOf = (
  spec: SourceSpec,
  srcinfo: Srcinfo,
  revision: string | null,
  commits: readonly FollowedCommit[] | null,
): string =>
  [ownStateOf(spec, srcinfo, revision ?? ""), ...(commits ?? []).map(({ commit }) => commit)].join(
    "",
  );

const ownStateOf = (spec: SourceSpec, srcinfo: Srcinfo, revision: string) => {
  switch (spec.type) {
    case "aur":
      return versionOf(srcinfo);
    case "git":
      return revision;
    case "raw":
      return Buffer.from(spec.pkgbuild.sha256, "hex").toString("base64");
    case "cli":
      return `${versionOf(srcinfo)} ${revision}`;
  }
};
