import { generateSrcinfo, type SourceSpec } from "#shared/messages/resolve.ts";
import type { BlobReference, Pkgbase } from "#shared/model.ts";
import type { Srcinfo } from "#shared/pacman/srcinfo.ts";
import type { AurRecord } from "#shared/state/sources.ts";
import { askBuilders } from "./ask-builders.ts";
import { checkSrcinfo } from "./check-srcinfo.ts";
import type { Resolver } from "./context.ts";
import { readFiles, textOf } from "./read-files.ts";
import { snapshotOf } from "./snapshot.ts";
import { stateOf } from "./source-state.ts";
import type { FetchedSource } from "./store/sources.ts";
import { orUnusable, SourceFault, type Unusable, unusable } from "./unusable.ts";

export type Request = {
  readonly spec: SourceSpec;
  readonly specHash: string;
  /** What its .SRCINFO must name; absent where any will do. */
  readonly pkgbase?: Pkgbase;
  /** Of the AUR's packages. */
  readonly aur: AurRecord | null;
  readonly devel: boolean;
  /** Reads the PKGBUILD even where there is a .SRCINFO. */
  readonly srcinfoOverride: boolean;
};

type Fetched = {
  readonly kind: "fetched";
  readonly source: FetchedSource;
  readonly srcinfo: Srcinfo;
};

/**
 * Fetches a source into the blob store and reads what it builds. No row is written, and no VCS source of the recipe is
 * looked at.
 */
export const fetchSource = async (
  context: Resolver,
  { spec, specHash, pkgbase, aur, devel, srcinfoOverride }: Request,
): Promise<Fetched | Unusable> => {
  const packed = await orUnusable(() => packFiles(context, spec, pkgbase));
  if ("kind" in packed) return packed;
  const { read } = packed;
  const snapshot = await context.blobs.put(packed.tar);
  const shipped = srcinfoOverride ? undefined : textOf(read, ".SRCINFO");
  const text = shipped ?? (await generate(context, snapshot));
  if (typeof text !== "string") return text;

  const srcinfo = await orUnusable(async () => checkSrcinfo(text));
  if ("kind" in srcinfo) return srcinfo;
  if (pkgbase !== undefined && srcinfo.pkgbase !== pkgbase)
    return unusable(`the .SRCINFO names pkgbase ${srcinfo.pkgbase}, expected ${pkgbase}`);
  // The commits of VCS sources change nothing of what an add brings along: plans look at them.
  const commits = devel ? null : [];

  const { revision, committedAt } = read;
  const source = {
    pkgbase: srcinfo.pkgbase,
    specHash,
    state: stateOf(spec, srcinfo, revision, commits),
    snapshotSha256: snapshot.sha256,
    snapshotBytes: snapshot.bytes,
    srcinfo: text,
    srcinfoOverride,
    revision,
    commits,
    aur,
    ...(committedAt !== undefined && { changedAt: committedAt }),
  };
  return { kind: "fetched", source, srcinfo };
};

const packFiles = async (context: Resolver, spec: SourceSpec, pkgbase: Pkgbase | undefined) => {
  const read = await readFiles(context, spec, pkgbase);
  if (textOf(read, "PKGBUILD") === undefined)
    throw new SourceFault("invalid", "the source holds no PKGBUILD at its top");
  return { read, tar: snapshotOf(read.files) };
};

/** Of a log, the end says what went wrong. */
const mostLog = 32_000;

const generate = async (context: Resolver, source: BlobReference) => {
  const answer = await askBuilders(context, generateSrcinfo, { source, arch: context.config.ARCH });
  return answer.kind === "generated"
    ? answer.srcinfo
    : unusable(
        `failed to generate srcinfo for package: srcinfo generation container failed: ${answer.log.slice(-mostLog)}`,
      );
};
