import * as v from "valibot";
import { MakepkgFlag, SourceProblem } from "#shared/model.ts";

// What serene's API takes and shows. Answers are objects of exactly these keys, in this order.

export const Time = v.pipe(v.string(), v.isoTimestamp(), v.description("RFC 3339, UTC"));

export const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** `GET /` */
export const ServerInfo = v.object({
  /** Of serene's API. */
  version: v.string(),
  started: Time,
  name: v.string(),
  architecture: v.string(),
  /** Reading takes no secret. */
  readable: v.boolean(),
  signed: v.boolean(),
});
export type ServerInfo = v.InferOutput<typeof ServerInfo>;

export const PackageSource = v.variant("type", [
  v.object({ type: v.literal("aur"), name: v.string() }),
  v.object({ type: v.literal("git"), url: v.string(), devel: v.boolean() }),
  v.object({ type: v.literal("raw"), pkgbuild: v.string(), devel: v.boolean() }),
]);
export type PackageSource = v.InferOutput<typeof PackageSource>;

/** `POST /package/add` */
export const PackageAddRequest = v.object({
  replace: v.boolean(),
  /** Builds what the package needs before it. */
  resolve: v.optional(v.boolean(), true),
  build: v.optional(v.boolean(), true),
  source: PackageSource,
});
export type PackageAddRequest = v.InferOutput<typeof PackageAddRequest>;

/** `POST /build` and `POST /build/all`, which ignores `packages`. */
export const PackageBuildRequest = v.object({
  packages: v.array(v.string()),
  clean: v.boolean(),
  resolve: v.boolean(),
  force: v.boolean(),
});
export type PackageBuildRequest = v.InferInput<typeof PackageBuildRequest>;

export const BuildProgress = v.picklist(["resolve", "update", "build", "publish", "clean"]);
export type BuildProgress = v.InferOutput<typeof BuildProgress>;

export const BuildState = v.variant("state", [
  v.object({ state: v.literal("pending") }),
  v.object({ state: v.literal("running"), info: BuildProgress }),
  v.object({ state: v.literal("success") }),
  v.object({ state: v.literal("failure") }),
  v.object({ state: v.literal("cancelled"), info: v.string() }),
  v.object({ state: v.literal("fatal"), info: v.tuple([v.string(), BuildProgress]) }),
]);
export type BuildState = v.InferOutput<typeof BuildState>;

export const Reason = v.picklist(["webhook", "manual", "schedule", "initial", "unknown"]);

export const BuildInfo = v.object({
  state: BuildState,
  reason: Reason,
  /** `[epoch:]pkgver-pkgrel` of what was published. */
  version: v.nullable(v.string()),
  /** When it was asked for: the build's name in paths. */
  started: Time,
  ended: v.nullable(Time),
  /** Bytes. */
  mem_peak: v.nullable(Count),
  /** Microseconds. */
  cpu_user: v.nullable(Count),
  cpu_system: v.nullable(Count),
  /** Bytes. */
  io_tbr: v.nullable(Count),
  io_tbw: v.nullable(Count),
});
export type BuildInfo = v.InferOutput<typeof BuildInfo>;

export const PackagePeek = v.object({
  base: v.string(),
  members: v.array(v.string()),
  version: v.nullable(v.string()),
  enabled: v.boolean(),
  devel: v.boolean(),
  /** The newest. */
  build: v.nullable(BuildInfo),
  added: Time,
});
export type PackagePeek = v.InferOutput<typeof PackagePeek>;

export const PackageInfo = v.object({
  base: v.string(),
  members: v.array(v.string()),
  description: v.nullable(v.string()),
  upstream_url: v.nullable(v.string()),
  builds: Count,
  version: v.nullable(v.string()),
  source: v.picklist(["aur package", "git repository", "raw pkgbuild", "internal cli"]),
  source_url: v.nullable(v.string()),
  devel: v.boolean(),
  srcinfo_override: v.boolean(),
  enabled: v.boolean(),
  clean: v.boolean(),
  private: v.boolean(),
  dependency: v.boolean(),
  schedule: v.string(),
  schedule_changed: v.boolean(),
  prepare_commands: v.nullable(v.string()),
  makepkg_flags: v.array(MakepkgFlag),
  added: Time,
});
export type PackageInfo = v.InferOutput<typeof PackageInfo>;

/** `GET /package/list`: in the order they were added. */
export const PackageList = v.array(PackagePeek);

/** `POST /package/add`: the requested package first, then what came along. */
export const AddedPackages = v.array(PackageInfo);

/** kiln's own, `GET /sessions/{id}`: what became of an order of builds. */
export const SessionInfo = v.object({
  session: v.pipe(v.string(), v.uuid()),
  reason: Reason,
  ordered: Time,
  resolve: v.boolean(),
  force: v.boolean(),
  /** By base, 500 at most. A build that found nothing to do is not kept. */
  builds: v.array(
    v.object({
      base: v.string(),
      build: v.pipe(v.string(), v.uuid()),
      state: v.picklist(["pending", "running", "success", "failure", "cancelled", "fatal"]),
      /** The build's name in paths. */
      ordered: Time,
      /** When a builder began. */
      started: v.nullable(Time),
      ended: v.nullable(Time),
      version: v.nullable(v.string()),
      /** Why it was cancelled, or what kiln could not do. */
      message: v.nullable(v.string()),
    }),
  ),
  /** `?after` of the next page; null: this is the last one. */
  next: v.nullable(v.string()),
  /** Sources whose present state could not be learnt, by base: the first 500 of them. */
  problems: v.array(v.object({ base: v.string(), ...SourceProblem.entries })),
  /** How many of them there are. */
  problem_count: v.number(),
  /** Whether it is known what is to be built. */
  planned: v.boolean(),
});
export type SessionInfo = v.InferOutput<typeof SessionInfo>;

/** `GET /package/{name}/build`: newest first. */
export const BuildList = v.array(BuildInfo);

export const RebuildStatus = v.picklist(["GOOD", "BAD", "FAIL"]);
export type RebuildStatus = v.InferOutput<typeof RebuildStatus>;

/** kiln's own: an independent build of what is published, and what it proved. */
export const RebuildInfo = v.object({
  id: v.pipe(v.string(), v.uuid()),
  /** GOOD: every file is equal bit for bit. FAIL: it could not be carried through. */
  status: v.nullable(RebuildStatus),
  /** What differs, or why it could not. */
  message: v.nullable(v.string()),
  /** `[epoch:]pkgver-pkgrel` */
  version: v.string(),
  /** Whether what it is of is what is published now. */
  current: v.boolean(),
  reason: v.picklist(["published", "manual"]),
  /** The builders, of the build and of this. */
  built_by: v.nullable(v.string()),
  builder: v.nullable(v.string()),
  ordered: Time,
  started: v.nullable(Time),
  ended: v.nullable(Time),
  artifacts: v.array(
    v.object({ filename: v.string(), status: v.picklist(["GOOD", "BAD", "UNKWN"]) }),
  ),
});
export type RebuildInfo = v.InferOutput<typeof RebuildInfo>;

/** `GET /package/{name}/rebuild`: newest first. */
export const RebuildList = v.array(RebuildInfo);

/** kiln's own, `POST /storage/sweep` */
export const SweepRequest = v.object({
  /** Deletes nothing, and counts what it would. */
  dry_run: v.boolean(),
});

/** kiln's own: a search for blobs that nothing names. */
export const SweepInfo = v.object({
  id: v.pipe(v.string(), v.uuid()),
  reason: v.picklist(["manual", "schedule"]),
  dry_run: v.boolean(),
  ordered: Time,
  ended: v.nullable(Time),
  /** Why nothing could be deleted then. */
  obstacle: v.nullable(v.string()),
  /** What it deleted, or would have. */
  blobs: Count,
  bytes: Count,
});
export type SweepInfo = v.InferOutput<typeof SweepInfo>;

/** kiln's own, `GET /storage` */
export const StorageInfo = v.object({
  /** When the sweep began that found what `kinds` says; null before the first one has ended. */
  measured: v.nullable(Time),
  /** What blobs come to; one of several kinds counts as the first. */
  kinds: v.array(v.object({ kind: v.string(), blobs: Count, bytes: Count })),
  /** Newest first. */
  sweeps: v.array(SweepInfo),
});
export type StorageInfo = v.InferOutput<typeof StorageInfo>;

/** A log or a PKGBUILD, as a JSON string. */
export const Text = v.string();
