import * as v from "valibot";
import { message, stream } from "#shared/bus/declare.ts";
import { BuildId, Instant } from "#shared/model.ts";
import { days } from "#shared/time.ts";

/** What running builds print. The whole log of an ended build is a blob. */
export const buildOutputs = stream("BUILD_OUTPUT", {
  keep: "log",
  maxAge: days(7),
  maxBytes: 1024 ** 3,
});

export const buildOutput = message(
  buildOutputs,
  "build.output.{build}",
  v.object({
    build: BuildId,
    /** When the attempt that printed this started: a build given to a second builder starts anew. */
    startedAt: Instant,
    /** Counts from 0 in each attempt. */
    index: v.number(),
    text: v.string(),
  }),
  {
    id: ({ build, startedAt, index }) => `${build}-${startedAt}-${index}`,
    key: ({ build }) => build,
    says: "what a build prints",
  },
);
