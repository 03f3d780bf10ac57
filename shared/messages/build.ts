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
  Pkgname,
  Pkgrel,
  SessionId,
  SourceId,
} from "#shared/model.ts";
import { SourceKey } from "#shared/pgp-key.ts";
import { days, seconds } from "#shared/time.ts";
import { LogFacts, Measurements, takenStep } from "./facts.ts";
import { OwnRepository } from "./own-repository.ts";

/** Builds waiting for a builder. Each is taken once, and is gone when acknowledged. */
export const buildRequests = stream("BUILD_REQUESTS", { keep: "work", maxAge: days(30) });

/** What became of builds, for whoever wants to know. */
export const buildLog = stream("BUILD_LOG", { keep: "log", maxAge: days(7) });

/** A build that starts again with another pkgrel is another piece of work. */
export const attemptOf = (build: BuildId, pkgrel: Pkgrel | null = null) =>
  pkgrel === null ? build : `${build}-${pkgrel}`;

export const buildRequested = message(
  buildRequests,
  "build.requested.{arch}.{build}",
  v.object({
    build: BuildId,
    arch: Arch,
    pkgbase: Pkgbase,
    /** A tar of the source's files, PKGBUILD at its top. */
    source: BlobReference,
    /** The source's .SRCINFO; null for a devel package, which tells it after its build. */
    srcinfo: v.nullable(BlobReference),
    /** What the source's .SRCINFO says, whether makepkg takes it or not; a devel package may build another version. */
    version: v.string(),
    devel: v.boolean(),
    pkgnames: v.array(Pkgname),
    /** Of all three kinds, as .SRCINFO has them. */
    dependencies: v.array(v.string()),
    /** Whether the PKGBUILD names sources, for this architecture or all. */
    hasSources: v.boolean(),
    flags: v.array(MakepkgFlag),
    /** Shell text run as root before the dependencies are installed. */
    prepare: v.nullable(v.string()),
    /** SOURCE_DATE_EPOCH, seconds. */
    sourceDateEpoch: v.number(),
    /** Those keys of `validpgpkeys` that kiln was given. */
    keys: v.optional(v.array(SourceKey), []),
    repository: v.nullable(OwnRepository),
    /**
     * Takes the place of the PKGBUILD's pkgrel; where the PKGBUILD has a pkgver(), `version` then says what that one is
     * expected to find. Absent in requests of kiln 0.1.0.
     */
    pkgrel: v.optional(v.nullable(Pkgrel), null),
  }),
  {
    id: ({ build, pkgrel }) => attemptOf(build, pkgrel),
    key: ({ pkgbase }) => pkgbase,
  },
);

const Build = { build: BuildId, pkgbase: Pkgbase, arch: Arch, at: Instant };

/** The row exists; nothing has been started. */
export const buildPending = message(buildLog, "build.pending", v.object(Build), {
  id: ({ build }) => `pending-${build}`,
  key: ({ pkgbase }) => pkgbase,
  says: "a build was ordered",
});

export const buildStarted = message(
  buildLog,
  "build.started",
  v.object({
    ...Build,
    /** Absent in messages of kiln 0.1.0. */
    builder: v.optional(BuilderName),
  }),
  {
    id: ({ build, at }) => `started-${build}-${at}`,
    key: ({ pkgbase }) => pkgbase,
    says: "a builder has a build",
  },
);

/** The steps of a build, in order. */
export const Step = v.picklist([
  "container",
  "system",
  "prepare",
  "dependencies",
  "sources",
  "build",
  "packages",
]);
export type Step = v.InferOutput<typeof Step>;

/** `at` is when the step began, `startedAt` when the attempt did; `line` is where the log has its heading. */
export const buildStep = message(
  buildLog,
  "build.step.{build}",
  v.object({ ...Build, startedAt: Instant, step: Step, line: v.number() }),
  {
    id: ({ build, startedAt, step }) => `step-${build}-${startedAt}-${step}`,
    key: ({ pkgbase }) => pkgbase,
    says: "a step of a build began",
  },
);

export const BuildStep = takenStep(Step);
export type BuildStep = v.InferOutput<typeof BuildStep>;

export const Artifact = v.object({ filename: FileName, blob: BlobReference });
export type Artifact = v.InferOutput<typeof Artifact>;

const Outcome = v.variant("kind", [
  v.object({
    kind: v.literal("built"),
    artifacts: v.array(Artifact),
    /** The source's, or as makepkg printed it after the build of a devel package. */
    srcinfo: BlobReference,
    pkgbuild: BlobReference,
  }),
  v.object({ kind: v.literal("failed"), step: Step, exitCode: v.number() }),
  v.object({ kind: v.literal("timed-out"), step: Step, afterMs: v.number() }),
  /** Not the package's fault: no image, a killed container, an engine that refuses. */
  v.object({ kind: v.literal("broken"), step: Step, message: v.string() }),
]);

export const buildFinished = message(
  buildLog,
  "build.finished",
  v.object({
    ...Build,
    builder: BuilderName,
    outcome: Outcome,
    /** The whole log, zstd. */
    log: v.nullable(BlobReference),
    /** How many `build.output` messages belong to this attempt. */
    outputs: v.number(),
    measurements: v.nullable(Measurements),
    /** When the builder began; absent in reports of kiln 0.1.0. */
    startedAt: v.optional(Instant),
    /** Of the request. */
    pkgrel: v.optional(v.nullable(Pkgrel), null),
    /** In order; none in reports of kiln 0.1.0. */
    steps: v.optional(v.array(BuildStep), []),
    ...LogFacts,
    /** zstd of what `pacman -Q` printed once the dependencies were installed; null where it did not come so far. */
    installed: v.optional(v.nullable(BlobReference), null),
  }),
  {
    id: ({ build, at }) => `finished-${build}-${at}`,
    key: ({ pkgbase }) => pkgbase,
    says: "how a build went, and what it made",
  },
);
export type BuildOutcome = Payload<typeof buildFinished>["outcome"];

/** The end of a build, published or not. Nothing follows it. */
export const buildEnded = message(
  buildLog,
  "build.ended",
  v.object({
    ...Build,
    /** `current`: nothing was to be done, and the build is forgotten. */
    state: v.picklist(["success", "failure", "fatal", "cancelled", "current"]),
    message: v.nullable(v.string()),
  }),
  {
    id: ({ build }) => `ended-${build}`,
    key: ({ pkgbase }) => pkgbase,
    says: "a build's end, published or not; nothing follows it",
  },
);

export const BuildReason = v.picklist(["webhook", "manual", "schedule", "initial", "unknown"]);

const Order = {
  /** Chosen by the caller: an order that is asked for again is the same order. */
  session: SessionId,
  packages: v.array(Pkgbase),
  /** By pkgbase, the source to build where the caller has chosen one; the others are looked for. */
  sources: v.optional(v.record(v.string(), SourceId), {}),
  /**
   * Of `packages`, those that are built though their source is up to date, because what they were built against has
   * changed. A build whose version is published already gets the next pkgrel `N.k` from the start.
   */
  renumber: v.optional(v.array(Pkgbase), []),
  /** All packages that take part in schedules, besides those that are named. */
  all: v.optional(v.boolean(), false),
  reason: BuildReason,
  /** Orders the builds by their dependencies, and cancels those that lack one. */
  resolve: v.boolean(),
  /** Builds also what is up to date. */
  force: v.boolean(),
};

/** Packages that one `build.order` may name. */
export const mostOrdered = 500;

/**
 * Orders a session; the reply comes once its rows are committed. An unknown package is `Fault` missing. An order of more
 * packages than one question may name is made of several questions of one session: nothing is built before the last.
 */
export const orderBuilds = question("build.order", {
  request: v.object({
    ...Order,
    packages: v.pipe(Order.packages, v.maxLength(mostOrdered)),
    /** Another question names more packages of the session. */
    more: v.optional(v.boolean(), false),
  }),
  answer: v.object({ session: SessionId }),
  timeout: seconds(10),
});

/** Orders of sessions that were committed with something else, as the first builds of added packages are. */
export const sessionOrders = stream("SESSION_ORDERS", { keep: "work", maxAge: days(30) });

/** As `build.order`, but packages that are no longer added are left out. */
export const sessionOrdered = message(
  sessionOrders,
  "session.ordered.{session}",
  v.object({
    ...Order,
    /** Cron expressions: besides, the packages that have one of these schedules and no unfinished build. */
    schedules: v.optional(v.array(v.string()), []),
  }),
  {
    id: ({ session }) => session,
    key: ({ session }) => session,
  },
);
export type Order = v.InferInput<(typeof sessionOrdered)["schema"]>;
