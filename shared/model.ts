import * as v from "valibot";

/** `pkgname` as PKGBUILD(5) allows it: no leading hyphen or dot. Capitals occur in the AUR's past. */
const name = v.pipe(
  v.string(),
  v.regex(
    /^[A-Za-z0-9@_+][A-Za-z0-9@._+-]*$/,
    (issue) => `${issue.received} is not a package name`,
  ),
  v.maxLength(255),
);

/** What one PKGBUILD builds; a split package has one base and several names. */
export const Pkgbase = v.pipe(name, v.brand("Pkgbase"));
export type Pkgbase = v.InferOutput<typeof Pkgbase>;

/** What pacman installs. */
export const Pkgname = v.pipe(name, v.brand("Pkgname"));
export type Pkgname = v.InferOutput<typeof Pkgname>;

/** An architecture as makepkg.conf(5) names it: `any`, `x86_64`, `armv7h`, `x86_64_v3`; PKGBUILDs also list `ARM`. */
export const Arch = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_]+$/, (issue) => `${issue.received} is not an architecture`),
);
export type Arch = v.InferOutput<typeof Arch>;

/** `[epoch:]pkgver-pkgrel` in ASCII, without white space or slashes. */
export const Version = v.pipe(
  v.string(),
  v.regex(
    /^(\d+:)?[^\s/:\P{ASCII}-]+-\d+(\.\d+)?$/u,
    (issue) => `${issue.received} is not a package version`,
  ),
);
export type Version = v.InferOutput<typeof Version>;

/** A release of a version, `N` or `N.k`. */
export const Pkgrel = v.pipe(
  v.string(),
  v.regex(/^\d+(\.\d+)?$/, (issue) => `${issue.received} is not a pkgrel`),
);
export type Pkgrel = v.InferOutput<typeof Pkgrel>;

export const BuildId = v.pipe(v.string(), v.uuid(), v.brand("BuildId"));
export type BuildId = v.InferOutput<typeof BuildId>;

/** One independent build of what is published, to compare the two. */
export const RebuildId = v.pipe(v.string(), v.uuid(), v.brand("RebuildId"));
export type RebuildId = v.InferOutput<typeof RebuildId>;

/** A builder as its operator calls it, or its host's name. */
export const BuilderName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, (issue) => `${issue.received} is not a builder's name`),
  v.maxLength(253),
  v.brand("BuilderName"),
);
export type BuilderName = v.InferOutput<typeof BuilderName>;

/** One run of the scheduler over one or more packages. */
export const SessionId = v.pipe(v.string(), v.uuid(), v.brand("SessionId"));
export type SessionId = v.InferOutput<typeof SessionId>;

/** One search for blobs that nothing names. */
export const SweepId = v.pipe(v.string(), v.uuid(), v.brand("SweepId"));
export type SweepId = v.InferOutput<typeof SweepId>;

/** One fetched package source; a replaced source gets a new id. */
export const SourceId = v.pipe(v.string(), v.uuid(), v.brand("SourceId"));
export type SourceId = v.InferOutput<typeof SourceId>;

/** What kept the resolver from learning the present state of a package's source. */
export const SourceProblem = v.object({
  /**
   * `unasked`: a server could not be asked; `gone`: a server has the source no more; `unusable`: the new state cannot be
   * used; `unfollowed`: no server can be asked for the newest commit, so the source counts as changed.
   */
  kind: v.picklist(["unasked", "gone", "unusable", "unfollowed"]),
  message: v.string(),
});
export type SourceProblem = v.InferOutput<typeof SourceProblem>;

/** One add of a package, with what comes along. */
export const AddId = v.pipe(v.string(), v.uuid(), v.brand("AddId"));
export type AddId = v.InferOutput<typeof AddId>;

/** Lower-case hexadecimal. */
export const Sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

/** A file in the blob store. */
export const BlobReference = v.object({
  sha256: Sha256,
  bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});
export type BlobReference = v.InferOutput<typeof BlobReference>;

export const Instant = v.pipe(
  v.number(),
  v.safeInteger(),
  v.description("Milliseconds since the Unix epoch"),
);

/**
 * The name of a file in a repository: no slash, no leading dot, and room for `.sig` in the 255 bytes of a name. pacman puts
 * it into a URL as it is, where `#`, `%`, `?` and a backslash mean something else.
 *
 * Source: dload.c of libalpm.
 */
export const FileName = v.pipe(
  v.string(),
  v.regex(/^[\w@+]/, (issue) => `${issue.received} starts with no letter, digit, "@", "_" or "+"`),
  v.check(
    (name) => !notInUrls.test(name),
    ({ input, received }) =>
      `${received} has ${JSON.stringify(notInUrls.exec(input)?.[0])} in its name, which pacman cannot put into a URL`,
  ),
  v.maxLength(
    251,
    ({ input }) => `${JSON.stringify(input)} has ${input.length} characters, expected at most 251`,
  ),
);

const notInUrls = /[^!-~]|[#%?/\\]/u;

/** Options of makepkg(8) that a package may add, without their dashes (serene's list). */
export const MakepkgFlag = v.picklist([
  "ignorearch",
  "clean",
  "cleanbuild",
  "nodeps",
  "noextract",
  "install",
  "rmdeps",
  "repackage",
  "holdver",
  "nocheck",
  "noprepare",
  "skipchecksums",
  "skipinteg",
  "skippgpcheck",
]);
export type MakepkgFlag = v.InferOutput<typeof MakepkgFlag>;
