import * as v from "valibot";
import { message, type Payload, question, stream } from "#shared/bus/declare.ts";
import {
  Arch,
  BlobReference,
  BuilderName,
  BuildId,
  FileName,
  Instant,
  MakepkgFlag,
  Pkgbase,
  Pkgrel,
  RebuildId,
} from "#shared/model.ts";
import { SourceKey } from "#shared/pgp-key.ts";
import { days, seconds } from "#shared/time.ts";
import { Artifact } from "./build.ts";
import { LogFacts, takenStep } from "./facts.ts";

/** Rebuilds waiting for a builder. Each is taken once, and is gone when acknowledged. */
export const rebuildRequests = stream("REBUILD_REQUESTS", { keep: "work", maxAge: days(30) });

/** What became of rebuilds, for whoever wants to know. */
export const rebuildLog = stream("REBUILD_LOG", { keep: "log", maxAge: days(7) });

export const rebuildRequested = message(
  rebuildRequests,
  "rebuild.requested.{arch}.{rebuild}",
  v.object({
    rebuild: RebuildId,
    arch: Arch,
    pkgbase: Pkgbase,
    /** A tar of the source's files, PKGBUILD at its top. */
    source: BlobReference,
    /** The .BUILDINFO of the published package: where, by whom, with what it was built. */
    buildinfo: BlobReference,
    /** SOURCE_DATE_EPOCH, seconds. */
    sourceDateEpoch: v.number(),
    /** PKGEXT of makepkg.conf(5), which the names of what is published end with. */
    extension: v.pipe(v.string(), v.regex(/^\.pkg\.tar(\.[A-Za-z0-9]+)?$/)),
    /** Of what .BUILDINFO says was installed, the packages that this kiln built. */
    own: v.array(v.object({ filename: FileName, blob: BlobReference })),
    hasSources: v.boolean(),
    flags: v.array(MakepkgFlag),
    /** Those keys of `validpgpkeys` that the build was given. */
    keys: v.optional(v.array(SourceKey), []),
    /** Shell text run as root before the build, as it was then. */
    prepare: v.nullable(v.string()),
    /** Who built it; another does this where there is one. */
    builtBy: v.nullable(BuilderName),
    /** The pkgrel that the build had in place of its PKGBUILD's. Absent in requests of kiln 0.1.0. */
    pkgrel: v.optional(v.nullable(Pkgrel), null),
  }),
  {
    id: ({ rebuild }) => rebuild,
    key: ({ rebuild }) => rebuild,
  },
);

const Rebuild = { rebuild: RebuildId, pkgbase: Pkgbase, arch: Arch, at: Instant };

/** The row exists; nothing has been started. */
export const rebuildPending = message(
  rebuildLog,
  "rebuild.pending",
  v.object({
    ...Rebuild,
    /** The build whose packages are to be rebuilt. */
    build: BuildId,
  }),
  {
    id: ({ rebuild }) => `rebuild-pending-${rebuild}`,
    key: ({ rebuild }) => rebuild,
    says: "a rebuild was ordered",
  },
);

/** The steps of a rebuild, in order. */
export const RebuildStep = v.picklist([
  "container",
  "prepare",
  "installed",
  "sources",
  "build",
  "packages",
]);
export type RebuildStep = v.InferOutput<typeof RebuildStep>;

const Outcome = v.variant("kind", [
  v.object({ kind: v.literal("rebuilt"), artifacts: v.array(Artifact) }),
  v.object({ kind: v.literal("failed"), step: RebuildStep, exitCode: v.number() }),
  v.object({ kind: v.literal("timed-out"), step: RebuildStep, afterMs: v.number() }),
  /** Not the package's fault: no image, a killed container, a package that is to be had nowhere. */
  v.object({ kind: v.literal("broken"), step: RebuildStep, message: v.string() }),
]);

export const TakenRebuildStep = takenStep(RebuildStep);
export type TakenRebuildStep = v.InferOutput<typeof TakenRebuildStep>;

/** What a builder made; the verifier compares it. */
export const rebuildFinished = message(
  rebuildLog,
  "rebuild.finished",
  v.object({
    ...Rebuild,
    builder: BuilderName,
    startedAt: Instant,
    outcome: Outcome,
    /** The whole log, zstd. */
    log: v.nullable(BlobReference),
    /** In order; none in reports of kiln 0.1.0. */
    steps: v.optional(v.array(TakenRebuildStep), []),
    ...LogFacts,
  }),
  {
    id: ({ rebuild, at }) => `rebuilt-${rebuild}-${at}`,
    key: ({ rebuild }) => rebuild,
    says: "how a rebuild went, and what it made",
  },
);
export type RebuildOutcome = Payload<typeof rebuildFinished>["outcome"];

/** The verdict. Nothing follows it. Source of the words: rebuilderd's `BuildStatus` and `ArtifactStatus`. */
export const rebuildEnded = message(
  rebuildLog,
  "rebuild.ended",
  v.object({
    ...Rebuild,
    /** The build whose packages were rebuilt. */
    build: BuildId,
    /** GOOD: every package is equal bit for bit. FAIL: it could not be carried through. */
    status: v.picklist(["GOOD", "BAD", "FAIL"]),
    message: v.nullable(v.string()),
    artifacts: v.array(
      v.object({ filename: FileName, status: v.picklist(["GOOD", "BAD", "UNKWN"]) }),
    ),
  }),
  {
    id: ({ rebuild }) => `rebuild-ended-${rebuild}`,
    key: ({ rebuild }) => rebuild,
    says: "the verdict: GOOD, BAD or FAIL",
  },
);

/** Orders a rebuild of what is published of a package; `Fault` missing where nothing is. */
export const orderRebuild = question("rebuild.order", {
  request: v.object({
    pkgbase: Pkgbase,
    /** Chosen by the caller: an order that is asked for again is the same order. */
    rebuild: RebuildId,
  }),
  answer: v.object({ rebuild: RebuildId }),
  timeout: seconds(10),
});

/** As `build.claim`: whether the rebuild is still wanted. */
export const claimRebuild = question("rebuild.claim", {
  request: v.object({ rebuild: RebuildId, builder: BuilderName }),
  answer: v.object({ go: v.boolean() }),
  timeout: seconds(10),
});
