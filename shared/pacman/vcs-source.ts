import { fieldOf, type Srcinfo } from "./srcinfo.ts";

export const vcsProtocols = ["git", "svn", "hg", "bzr", "fossil"] as const;
export type VcsProtocol = (typeof vcsProtocols)[number];

/** A repository that a PKGBUILD names in `source`, and what of it. */
export type VcsSource = {
  readonly protocol: VcsProtocol;
  /** As makepkg gives it to the protocol's program. */
  readonly url: string;
  /** git: `HEAD`, `refs/heads/…`, `refs/tags/…` or a commit; others: `HEAD` or the fragment. */
  readonly ref: string;
  /** Whether `ref` names one state for ever. */
  readonly pinned: boolean;
  /** The directory or file of the downloaded repository, in SRCDEST of makepkg.conf(5). */
  readonly name: string;
};

/**
 * The VCS sources of the base, for all architectures and for this one, in the order of their URLs.
 *
 * Source: PKGBUILD(5), "USING VCS SOURCES"; get_protocol() and get_filename() of makepkg's util/source.sh.
 */
export const vcsSourcesOf = (srcinfo: Srcinfo, arch: string): VcsSource[] =>
  fieldOf(srcinfo, undefined, "source", arch)
    .flatMap((entry) => vcsSourceOf(entry) ?? [])
    .sort((a, b) => (a.url < b.url ? -1 : a.url > b.url ? 1 : 0));

const vcsSourceOf = (entry: string): VcsSource | undefined => {
  const [name, located] = split(entry, "::");
  const text = located ?? entry;
  const scheme = protocolOf(text);
  const protocol = vcsProtocols.find((it) => it === scheme);
  if (!protocol) return undefined;
  const [address = "", fragment = ""] = text.split("#", 2);
  const [plain = ""] = address.split("?", 1);
  // svn and bzr know `svn+ssh` and `bzr+ssh` by these names.
  const keepsPrefix = plain.startsWith("svn+ssh") || plain.startsWith("bzr+ssh");
  const url = keepsPrefix ? plain : plain.replace(`${protocol}+`, "");
  const [want = ""] = fragment.split("?", 1);
  return {
    protocol,
    url,
    ...refOf(protocol, want),
    name: located === undefined ? nameOf(protocol, plain) : (name ?? ""),
  };
};

const protocolOf = (text: string) => {
  const [before, after] = split(text, "://");
  if (after !== undefined) return before?.split("+", 1)[0];
  const [launchpad, path] = split(text, "lp:");
  return path === undefined ? undefined : launchpad?.replace(/\+$/, "");
};

const refOf = (protocol: VcsProtocol, want: string): Pick<VcsSource, "ref" | "pinned"> => {
  const [kind = "", value] = split(want, "=");
  if (value === undefined) return { ref: "HEAD", pinned: false };
  if (kind === "commit") return { ref: value, pinned: true };
  if (protocol !== "git") return { ref: want, pinned: kind === "revision" };
  if (kind === "tag") return { ref: `refs/tags/${value}`, pinned: false };
  return { ref: kind === "branch" ? `refs/heads/${value}` : "HEAD", pinned: false };
};

const nameOf = (protocol: VcsProtocol, address: string) => {
  const last = address.replace(/\/$/, "").replace(/^.*\//s, "");
  if (protocol === "git") return last.replace(/\.git.*$/s, "");
  if (protocol === "fossil") return `${last}.fossil`;
  return protocol === "bzr" ? last.replace(/^.*?lp:/s, "") : last;
};

/** The text before and after the first `by`; only the text where it does not hold `by`. */
const split = (text: string, by: string): readonly [string?, string?] => {
  const at = text.indexOf(by);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + by.length)];
};
