import * as v from "valibot";
import { BlobReference, Instant } from "#shared/model.ts";

const Line = v.pipe(v.number(), v.integer(), v.description("Of the log, from 1"));

/** A step of a build or a rebuild that is over. */
export const takenStep = <S extends v.GenericSchema>(step: S) =>
  v.object({
    step,
    startedAt: Instant,
    endedAt: Instant,
    /** Null where no program ended it: it was stopped, or its container is gone. */
    exitCode: v.nullable(v.number()),
    /** Where its heading stands. */
    line: Line,
  });

export const Excerpt = v.object({ line: Line, lines: v.array(v.string()) });
export type Excerpt = v.InferOutput<typeof Excerpt>;

/** What a builder saw of a log. All of it is absent in reports of kiln 0.1.0. */
export const LogFacts = {
  /** Lines of the log. */
  lines: v.optional(v.nullable(v.number()), null),
  /** Where something failed: the first lines that say why, at most 12 of at most 500 characters each. */
  excerpt: v.optional(v.nullable(Excerpt), null),
  /** zstd of JSON, `[line, milliseconds since the start][]`: when lines were printed, one a second at most. */
  clock: v.optional(v.nullable(BlobReference), null),
};

/** Memory in bytes, processor time in microseconds, transfers in bytes; null where the host tells none. */
export const Measurements = v.object({
  memoryPeak: v.nullable(v.number()),
  cpuUser: v.nullable(v.number()),
  cpuSystem: v.nullable(v.number()),
  ioRead: v.nullable(v.number()),
  ioWritten: v.nullable(v.number()),
});
export type Measurements = v.InferOutput<typeof Measurements>;
