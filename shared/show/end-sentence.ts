import type { Step } from "#shared/messages/build.ts";
import type { Excerpt } from "#shared/messages/facts.ts";
import type { RebuildStep } from "#shared/messages/rebuild.ts";
import { minutes, seconds } from "#shared/time.ts";
import { classOf, refusal } from "./error-lines.ts";
import { reasonIn } from "./reasons.ts";
import { doing } from "./step-words.ts";

/** How a build or a rebuild ends that made no package. */
export type Unbuilt<S extends Step | RebuildStep> =
  | { readonly kind: "failed"; readonly step: S; readonly exitCode: number }
  | { readonly kind: "timed-out"; readonly step: S; readonly afterMs: number }
  | { readonly kind: "broken"; readonly step: S; readonly message: string };

/** Characters of a log's line that a sentence quotes. */
const quoted = 240;

/** Why it ended so, in one sentence: the step, the exit code or limit, the line of the log that tells, and what to do. */
export const sentenceOf = (
  outcome: Unbuilt<Step | RebuildStep>,
  excerpt: Pick<Excerpt, "lines"> | null,
) => {
  const lines = excerpt?.lines ?? [];
  switch (outcome.kind) {
    case "failed": {
      const hasCause = lines.some((line) => classOf(line) === "cause");
      const reason = reasonIn(lines, !hasCause);
      const told = reason?.line ?? headline(lines);
      const cause = told === undefined ? "" : `: ${quote(told)}`;
      return withAdvice(
        `${doing[outcome.step]} failed with exit code ${outcome.exitCode}${cause}`,
        reason?.advice ?? lines.find((line) => refusal.test(line))?.replace(refusal, ""),
      );
    }
    case "timed-out": {
      const last = lines.at(-1);
      const cause = last === undefined ? "" : `; the last it printed: ${quote(last)}`;
      return withAdvice(
        `stopped while ${doing[outcome.step]}: it took over the ${durationOf(outcome.afterMs)} of BUILD_TIMEOUT${cause}`,
        last === undefined ? undefined : adviceForStandstill(last),
      );
    }
    case "broken":
      return withAdvice(outcome.message, reasonIn([outcome.message])?.advice);
  }
};

const withAdvice = (sentence: string, advice: string | undefined) =>
  advice === undefined ? sentence : `${sentence}; ${advice}`;

/** The line that tells most: the first cause, else the last line that is more than the news of a failure. */
const headline = (lines: readonly string[]) =>
  lines.find((line) => classOf(line) === "cause") ??
  lines.findLast((line) => !["consequence", "kiln"].includes(classOf(line))) ??
  lines.findLast((line) => classOf(line) !== "kiln");

// Source: write_pkginfo() of makepkg 6 and 7, whose time grows with more than the square of the length of pkgdesc.
const adviceForStandstill = (line: string) =>
  /Generating \.PKGINFO file/.test(line)
    ? "makepkg takes minutes over a pkgdesc of over 1,000 characters, and hours over a longer one: the recipe needs a shorter one"
    : undefined;

const quote = (line: string) => {
  const text = line.trim().replace(/\s+/g, " ");
  const characters = [...text];
  return characters.length <= quoted ? text : `${characters.slice(0, quoted).join("")}…`;
};

const durationOf = (ms: number) => {
  if (ms < minutes(2)) return `${Math.round(ms / seconds(1))} seconds`;
  return ms < minutes(120)
    ? `${Math.round(ms / minutes(1))} minutes`
    : `${Math.round(ms / minutes(6)) / 10} hours`;
};
