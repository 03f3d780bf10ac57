import * as v from "valibot";
import { BuildState, Count, Reason, Time } from "#shared/views.ts";

// What kiln's own API shows of builds. Whatever is not known, as of a build of kiln 0.1.0, is null.

/** A build, with what is known of how it went. */
export const BuildDetails = v.object({
  base: v.string(),
  /** Counts from the oldest that there ever was, 0. */
  number: Count,
  /** The build's name in paths. */
  ordered: Time,
  state: BuildState,
  reason: Reason,
  /** `[epoch:]pkgver-pkgrel` of what was published. */
  version: v.nullable(v.string()),
  /** When a builder began. */
  started: v.nullable(Time),
  ended: v.nullable(Time),
  builder: v.nullable(v.string()),
  /**
   * Why it ended so, in one sentence: the step, the exit code or limit, the line that tells, and what to do. Of a success:
   * what it means for clients.
   */
  message: v.nullable(v.string()),
  /** Of a build that has ended, in order. */
  steps: v.array(
    v.object({
      step: v.string(),
      started: Time,
      ended: v.nullable(Time),
      /** Null where no program ended the step. */
      ok: v.nullable(v.boolean()),
      exitCode: v.nullable(v.number()),
      /** Where the log has its heading, from 1. */
      line: Count,
    }),
  ),
  /** The lines of the log that say why it failed, and where the first of them stands. */
  excerpt: v.nullable(v.object({ line: Count, lines: v.array(v.string()) })),
  log: v.nullable(
    v.object({
      /** As it is kept. */
      bytes: v.nullable(Count),
      lines: v.nullable(Count),
    }),
  ),
});
export type BuildDetails = v.InferOutput<typeof BuildDetails>;

/** `GET /packages/{name}/builds`: the newest first. */
export const BuildPage = v.object({
  builds: v.array(BuildDetails),
  /** What to ask for with `before` next. */
  next: v.nullable(Time),
});
export type BuildPage = v.InferOutput<typeof BuildPage>;
