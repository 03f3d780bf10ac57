import * as v from "valibot";
import { Count, Time } from "#shared/views.ts";

// What kiln's own API takes and shows of sources and recipes.

const Hunk = v.object({
  /** Counted from 1. */
  oldStart: Count,
  oldLines: Count,
  newStart: Count,
  newLines: Count,
  /** Each after a space, `+`, `-`, or, where a last line has no end, a backslash. */
  lines: v.array(v.string()),
});

/** One file of a recipe, or what has changed of it. */
export const RecipeChange = v.object({
  path: v.string(),
  /** As git writes it: `100644`, `100755`, `120000`; null where the file is not there. */
  mode: v.nullable(v.string()),
  modeBefore: v.nullable(v.string()),
  /** The whole file, where nothing is compared. */
  text: v.nullable(v.string()),
  /** Empty where the text is the same. */
  hunks: v.nullable(v.array(Hunk)),
  /** Lines. */
  added: Count,
  removed: Count,
  /** Why there are neither text nor hunks: it is no text, or the answer would be too large. */
  omitted: v.nullable(v.picklist(["binary", "large"])),
});
export type RecipeChange = v.InferOutput<typeof RecipeChange>;

/** kiln's own, `GET /packages/{base}/recipe`: the sources that are compared, and their files. */
export const RecipeInfo = v.object({
  of: v.pipe(v.string(), v.uuid()),
  /** Null where nothing is compared. */
  against: v.nullable(v.pipe(v.string(), v.uuid())),
  files: v.array(RecipeChange),
});
export type RecipeInfo = v.InferOutput<typeof RecipeInfo>;

/** A state of a package's source as it was fetched. */
export const SourceInfo = v.object({
  id: v.pipe(v.string(), v.uuid()),
  /** `[epoch:]pkgver-pkgrel` that its .SRCINFO promises. */
  version: v.string(),
  /** The commit of its files, or their hash. */
  revision: v.nullable(v.string()),
  fetched: Time,
  /** When the recipe's commit was made; without one, when these files were fetched first. */
  changed: Time,
  /** What is in the repository was built from it. */
  published: v.boolean(),
  /** The next build is made from it, unless there is something newer by then. */
  next: v.boolean(),
  /** The builds of it by their names in paths, the newest first. */
  builds: v.array(Time),
  /** What a devel package follows. */
  commits: v.array(v.object({ url: v.string(), ref: v.string(), commit: v.string() })),
  /** What the AUR said of the package then. */
  aur: v.nullable(
    v.object({
      maintainer: v.nullable(v.string()),
      comaintainers: v.array(v.string()),
      submitter: v.nullable(v.string()),
      modified: v.nullable(Time),
      outOfDate: v.nullable(Time),
    }),
  ),
});
export type SourceInfo = v.InferOutput<typeof SourceInfo>;

/** kiln's own, `GET /packages/{base}/sources`: the newest first. */
export const SourceList = v.object({
  /** When the source was looked for last, and why that failed. */
  checked: v.nullable(Time),
  problem: v.nullable(v.string()),
  sources: v.array(SourceInfo),
});
export type SourceList = v.InferOutput<typeof SourceList>;

/** kiln's own, `POST /packages/{base}/build`. */
export const BuildOrder = v.object({
  /** Which state of its source to build; absent: the newest, after a look for it. */
  source: v.optional(v.pipe(v.string(), v.uuid())),
  resolve: v.optional(v.boolean(), true),
  /** Builds also what is up to date. */
  force: v.optional(v.boolean(), false),
});

/** What `GET /sessions/{session}` shows. */
export const Ordered = v.object({ session: v.pipe(v.string(), v.uuid()) });

/** kiln's own, `GET /adds/{id}`. */
export const AddInfo = v.object({
  add: v.pipe(v.string(), v.uuid()),
  ordered: Time,
  /** The source that is being fetched. */
  fetching: v.nullable(v.string()),
  /** Sources that were fetched. */
  fetched: Count,
  ended: v.nullable(Time),
  outcome: v.nullable(v.picklist(["added", "exists", "unknown", "unmet", "unusable", "failed"])),
  /** The packages that were added, the asked-for one first. */
  added: v.array(v.string()),
  /** Why nothing was added. */
  message: v.nullable(v.string()),
});
export type AddInfo = v.InferOutput<typeof AddInfo>;

/** A public key that sources are checked with. */
export const KeyInfo = v.object({
  /** Of the primary key, upper-case hexadecimal. */
  fingerprint: v.string(),
  /** The key's user ids: names and addresses, which its owner chose. */
  users: v.array(v.string()),
  added: Time,
});
export type KeyInfo = v.InferOutput<typeof KeyInfo>;

/** kiln's own, `GET /keys` and `POST /keys`. */
export const KeyList = v.array(KeyInfo);

/** kiln's own, `POST /keys`. */
export const KeyImport = v.object({
  /** Public keys, armoured. */
  key: v.string(),
  /** Takes also a key that `validpgpkeys` of no package names. */
  any: v.optional(v.boolean(), false),
});
