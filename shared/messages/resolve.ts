import * as v from "valibot";
import { question } from "#shared/bus/declare.ts";
import { Arch, BlobReference, Pkgbase, Pkgname, SourceId } from "#shared/model.ts";
import { minutes, seconds } from "#shared/time.ts";

/** Where a package's files come from. */
export const SourceSpec = v.variant("type", [
  v.object({ type: v.literal("aur"), name: Pkgname }),
  v.object({ type: v.literal("git"), url: v.string(), devel: v.boolean() }),
  v.object({ type: v.literal("raw"), pkgbuild: BlobReference, devel: v.boolean() }),
  /** kiln's own command line, from the running tree. */
  v.object({ type: v.literal("cli") }),
]);
export type SourceSpec = v.InferOutput<typeof SourceSpec>;

/** Fetches a source and everything of the AUR that it needs. Nothing of it is a package until the api says so. */
export const resolveAdd = question("resolve.add", {
  request: v.object({ spec: SourceSpec, replace: v.boolean() }),
  answer: v.variant("kind", [
    v.object({
      kind: v.literal("resolved"),
      /** The asked-for package first, then its AUR dependencies that are not packages yet, each before what needs it. */
      packages: v.array(
        v.object({
          pkgbase: Pkgbase,
          source: SourceId,
          devel: v.boolean(),
          dependency: v.boolean(),
        }),
      ),
    }),
    /** There is a package of this pkgbase already, and `replace` was not asked for. */
    v.object({ kind: v.literal("exists"), pkgbase: Pkgbase }),
    v.object({ kind: v.literal("unknown"), name: Pkgname }),
    v.object({ kind: v.literal("unmet"), pkgbase: Pkgbase, missing: v.array(v.string()) }),
    /** The source cannot be fetched or read; the message is what git, the AUR or makepkg said. */
    v.object({ kind: v.literal("unusable"), message: v.string() }),
  ]),
  timeout: minutes(2),
});

/** Has a builder read a PKGBUILD: in a container without network, thrown away afterwards. */
export const generateSrcinfo = question("srcinfo.generate", {
  request: v.object({ source: BlobReference, arch: Arch }),
  answer: v.variant("kind", [
    v.object({ kind: v.literal("generated"), srcinfo: v.string() }),
    v.object({ kind: v.literal("failed"), log: v.string() }),
  ]),
  timeout: seconds(60),
});
