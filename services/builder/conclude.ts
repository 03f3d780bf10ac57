import type { BuildOutcome } from "#shared/messages/build.ts";
import type { RebuildOutcome } from "#shared/messages/rebuild.ts";
import { abortable } from "#shared/pause.ts";
import { excerptOf, lastLinesOf } from "#shared/show/error-lines.ts";
import { type AnyStep, describe } from "./outcome.ts";
import type { Output } from "./output.ts";
import type { Progress } from "./progress.ts";

/**
 * Ends the steps and the log of a build or a rebuild, and gives what is kept of them. The last line of the log is the
 * sentence about its end.
 */
export const conclude = async <S extends AnyStep>(
  progress: Progress<S>,
  output: Output,
  outcome: BuildOutcome | RebuildOutcome,
  signal: AbortSignal,
) => {
  const taken = progress.end(exitCodeOf(outcome));
  const { text, place } = output.settle();
  const steps = taken.map(({ step, startedAt, endedAt, exitCode, line }) => {
    return { step, startedAt, endedAt, exitCode, line: place(line) };
  });
  const excerpt = excerptFor(outcome, text, steps.at(-1)?.line);
  output.say(describe(outcome, excerpt));
  const { log, lines, clock, outputs } = await abortable(output.end(), signal);
  return { kept: { steps, excerpt, log, lines, clock }, outputs };
};

const exitCodeOf = (outcome: BuildOutcome | RebuildOutcome) => {
  if (outcome.kind === "built" || outcome.kind === "rebuilt") return 0;
  return outcome.kind === "failed" ? outcome.exitCode : null;
};

const excerptFor = (
  { kind }: BuildOutcome | RebuildOutcome,
  text: () => string,
  from: number | undefined,
) => {
  if (kind === "built" || kind === "rebuilt") return null;
  return kind === "timed-out" ? lastLinesOf(text(), from) : excerptOf(text(), from);
};
