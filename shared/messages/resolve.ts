import * as v from "valibot";
import { message, question, stream } from "#shared/bus/declare.ts";
import type { FaultKind } from "#shared/fault.ts";
import { AddId, Arch, BlobReference, type Pkgbase, Pkgname, type SourceId } from "#shared/model.ts";
import { days, seconds } from "#shared/time.ts";

/** Where a package's files come from. */
export const SourceSpec = v.variant("type", [
  v.object({ type: v.literal("aur"), name: Pkgname }),
  v.object({ type: v.literal("git"), url: v.string(), devel: v.boolean() }),
  v.object({ type: v.literal("raw"), pkgbuild: BlobReference, devel: v.boolean() }),
  /** kiln's own command line, from the running tree. */
  v.object({ type: v.literal("cli") }),
]);
export type SourceSpec = v.InferOutput<typeof SourceSpec>;

/** Adds that wait for the resolver. */
export const addRequests = stream("ADD_REQUESTS", {
  keep: "work",
  maxAge: days(1),
  maxBytes: 64 * 1024 ** 2,
});

/**
 * Fetches a source and everything of the AUR that it needs; the resolver writes the result into `adds`. The api
 * makes packages of it.
 */
export const addRequested = message(
  addRequests,
  "add.requested.{add}",
  v.object({ add: AddId, spec: SourceSpec, replace: v.boolean() }),
  { id: ({ add }) => add, key: ({ add }) => add },
);

/** What the resolver makes of an add. */
export type ResolvedAdd =
  | {
      readonly kind: "resolved";
      /** The asked-for package first, then its AUR dependencies that are not packages yet, each before what needs it. */
      readonly packages: readonly {
        readonly pkgbase: Pkgbase;
        readonly spec: SourceSpec;
        readonly specHash: string;
        readonly source: SourceId;
        readonly devel: boolean;
        readonly dependency: boolean;
      }[];
    }
  /** There is a package of this pkgbase already, and `replace` was not asked for. */
  | { readonly kind: "exists"; readonly pkgbase: Pkgbase }
  /** `similar`: pkgbases of the AUR that begin with the name. */
  | { readonly kind: "unknown"; readonly name: Pkgname; readonly similar?: readonly string[] }
  | { readonly kind: "unmet"; readonly pkgbase: Pkgbase; readonly missing: readonly string[] }
  /** The source cannot be fetched or read; the message is what git, the AUR or makepkg said. */
  | { readonly kind: "unusable"; readonly message: string }
  /** Trouble of kiln's own. */
  | { readonly kind: "failed"; readonly fault: FaultKind; readonly message: string };

/** Has a builder read a PKGBUILD: in a container without network, thrown away afterwards. */
export const generateSrcinfo = question("srcinfo.generate", {
  request: v.object({ source: BlobReference, arch: Arch }),
  answer: v.variant("kind", [
    v.object({ kind: v.literal("generated"), srcinfo: v.string() }),
    v.object({ kind: v.literal("failed"), log: v.string() }),
  ]),
  timeout: seconds(60),
});
