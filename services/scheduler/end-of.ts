import type { BuildOutcome } from "#shared/messages/build.ts";
import type { Excerpt } from "#shared/messages/facts.ts";
import { sentenceOf } from "#shared/show/end-sentence.ts";

type Unbuilt = Exclude<BuildOutcome, { readonly kind: "built" }>;

/** How a build ends that made nothing, with a text for a person. */
export const endOf = (outcome: Unbuilt, excerpt: Excerpt | null) => {
  const message = sentenceOf(outcome, excerpt);
  return outcome.kind === "failed"
    ? ({ state: "failure", message } as const)
    : ({ state: "fatal", progress: "build", message } as const);
};
