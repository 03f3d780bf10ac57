import type { BuildOutcome, Step } from "#shared/messages/build.ts";
import type { Excerpt } from "#shared/messages/facts.ts";
import type { RebuildOutcome, RebuildStep } from "#shared/messages/rebuild.ts";
import { sentenceOf, type Unbuilt as UnbuiltOf } from "#shared/show/end-sentence.ts";
import { doing } from "#shared/show/step-words.ts";
import type { Limits } from "./container-spec.ts";
import type { Usage } from "./measure.ts";

export type AnyStep = Step | RebuildStep;

/** How a build or a rebuild ends that made no package. */
export type Unbuilt<S extends AnyStep> = UnbuiltOf<S>;

export const broken = <S extends AnyStep>(step: S, message: string): Unbuilt<S> => ({
  kind: "broken",
  step,
  message,
});

export const gone = <S extends AnyStep>(step: S): Unbuilt<S> => broken(step, goneWhile(step));

export const goneWhile = (step: AnyStep) =>
  `the build's container was killed or removed from outside of kiln while ${doing[step]}`;

/** `error` is none of those that are expected: where its cause is to be looked for. */
export const bugWhile = (step: AnyStep, error: unknown) =>
  `the builder failed while ${doing[step]}: ${error instanceof Error ? error.message : String(error)}; this is a bug of kiln, whose stack is in the builder's log`;

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
      `the build ran out of memory while ${doing[step]}: it may use ${memory / 1024 ** 2} MiB (RUNNER_MEMORY)`,
    );
  if (usage && usage.refused > 0)
    return broken(
      step,
      `the build ran out of processes while ${doing[step]}: it may have ${processes} (RUNNER_PIDS)`,
    );
  return { kind: "failed", step, exitCode };
};

/** The last line of a log. */
export const describe = (outcome: BuildOutcome | RebuildOutcome, excerpt: Excerpt | null) =>
  outcome.kind === "built" || outcome.kind === "rebuilt"
    ? `${outcome.kind} ${outcome.artifacts.map(({ filename }) => filename).join(", ")}`
    : sentenceOf(outcome, excerpt);
