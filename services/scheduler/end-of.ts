import type { BuildOutcome } from "#shared/messages/build.ts";
import { minutes } from "#shared/time.ts";

type Unbuilt = Exclude<BuildOutcome, { readonly kind: "built" }>;

/** How a build ends that made nothing, with a text for a person. */
export const endOf = (outcome: Unbuilt) => {
  switch (outcome.kind) {
    case "failed":
      return {
        state: "failure",
        message: `step ${outcome.step} ended with exit code ${outcome.exitCode}`,
      } as const;
    case "timed-out":
      return {
        state: "fatal",
        progress: "build",
        message: `timed out in step ${outcome.step} after ${durationOf(outcome.afterMs)}`,
      } as const;
    case "broken":
      return { state: "fatal", progress: "build", message: outcome.message } as const;
  }
};

const durationOf = (ms: number) =>
  ms < minutes(2) ? `${Math.round(ms / 1_000)} seconds` : `${Math.round(ms / minutes(1))} minutes`;
