import type { BuildOutcome, Step } from "#shared/messages/build.ts";
import type { RebuildOutcome, RebuildStep } from "#shared/messages/rebuild.ts";
import type { Limits } from "./container-spec.ts";
import type { Usage } from "./measure.ts";
import { headings } from "./steps.ts";

export type AnyStep = Step | RebuildStep;

/** How a build or a rebuild ends that made no package. */
export type Unbuilt<S extends AnyStep> =
  | { readonly kind: "failed"; readonly step: S; readonly exitCode: number }
  | { readonly kind: "timed-out"; readonly step: S; readonly afterMs: number }
  | { readonly kind: "broken"; readonly step: S; readonly message: string };

export const broken = <S extends AnyStep>(step: S, message: string): Unbuilt<S> => ({
  kind: "broken",
  step,
  message,
});

export const gone = <S extends AnyStep>(step: S): Unbuilt<S> => broken(step, goneWhile(step));

export const goneWhile = (step: AnyStep) =>
  `the build's container was killed or removed from outside of kiln while ${headings[step]}`;

/** `error` is none of those that are expected: where its cause is to be looked for. */
export const bugWhile = (step: AnyStep, error: unknown) =>
  `the builder failed while ${headings[step]}: ${error instanceof Error ? error.message : String(error)}; this is a bug of kiln, whose stack is in the builder's log`;

/** A step that failed, by what it ran into if it was a limit of the container's. */
export const failed = <S extends AnyStep>(
  step: S,
  exitCode: number,
  usage: Pick<Usage, "killed" | "refused"> | undefined,
  { memory, processes }: Pick<Limits, "memory" | "processes">,
): Unbuilt<S> => {
  if (usage && usage.killed > 0)
    return broken(
      step,
      `the build ran out of memory while ${headings[step]}: it may use ${memory / 1024 ** 2} MiB (RUNNER_MEMORY)`,
    );
  if (usage && usage.refused > 0)
    return broken(
      step,
      `the build ran out of processes while ${headings[step]}: it may have ${processes} (RUNNER_PIDS)`,
    );
  return { kind: "failed", step, exitCode };
};

/** The last line of a log. */
export const describe = (outcome: BuildOutcome | RebuildOutcome) => {
  switch (outcome.kind) {
    case "built":
    case "rebuilt":
      return `${outcome.kind} ${outcome.artifacts.map(({ filename }) => filename).join(", ")}`;
    case "failed":
      return `failed while ${headings[outcome.step]}: exit code ${outcome.exitCode}`;
    case "timed-out":
      return `stopped while ${headings[outcome.step]}: over the ${outcome.afterMs / 1_000} s of BUILD_TIMEOUT`;
    case "broken":
      return outcome.message;
  }
};
