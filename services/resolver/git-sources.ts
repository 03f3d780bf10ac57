import { fieldOf, type Srcinfo } from "#shared/pacman/srcinfo.ts";

/** A git repository that a PKGBUILD names in `source`, and what of it. */
export type GitSource = {
  readonly url: string;
  readonly want:
    | { readonly kind: "commit"; readonly commit: string }
    | { readonly kind: "ref"; readonly ref: string };
};

/**
 * The `git+` sources of the base, for all architectures and for this one, in the order of their URLs.
 *
 * Source: PKGBUILD(5), "USING VCS SOURCES".
 */
export const gitSourcesOf = (srcinfo: Srcinfo, arch: string): GitSource[] =>
  fieldOf(srcinfo, undefined, "source", arch)
    .flatMap((source) => {
      const located = source.slice(source.indexOf("::") === -1 ? 0 : source.indexOf("::") + 2);
      return located.startsWith("git+") ? [gitSourceOf(located.slice("git+".length))] : [];
    })
    .sort((a, b) => (a.url < b.url ? -1 : a.url > b.url ? 1 : 0));

const gitSourceOf = (text: string): GitSource => {
  const [located = "", fragment = ""] = text.split("#", 2);
  const [url = ""] = located.split("?", 1);
  const [, kind, value = ""] = /^(commit|tag|branch)=([^?]*)/.exec(fragment) ?? [];
  if (kind === "commit") return { url, want: { kind, commit: value } };
  const ref =
    kind === "tag" ? `refs/tags/${value}` : kind === "branch" ? `refs/heads/${value}` : "HEAD";
  return { url, want: { kind: "ref", ref } };
};
