import { chunksOf } from "#shared/in-turns.ts";
import { type Look, lookAtSources, mostLookedAt } from "#shared/messages/vcs.ts";
import type { VcsSource } from "#shared/pacman/vcs-source.ts";
import { askBuilders } from "./ask-builders.ts";
import type { Resolver } from "./context.ts";

type Source = Pick<VcsSource, "protocol" | "url" | "ref">;

export type Looks = {
  /** The looks at these sources, in their order. Each source is looked at once, and many by one question. */
  at(sources: readonly Source[]): Promise<readonly Look[]>;
};

/**
 * Looks at VCS sources that hold for the time of one plan. Builders ask the servers; `Fault` unavailable where no
 * builder answers.
 */
export const openLooks = (context: Pick<Resolver, "ask" | "pause">): Looks => {
  const looks = new Map<string, Promise<Look>>();

  const ask = (sources: readonly Source[]) => {
    const answered = askBuilders(context, lookAtSources, {
      sources: sources.map(({ protocol, url, ref }) => ({ protocol, url, ref })),
    });
    for (const [index, source] of sources.entries()) {
      const look = answered.then(({ looks }) => looks[index] ?? unanswered(source));
      looks.set(keyOf(source), look);
    }
  };

  return {
    async at(sources) {
      const unasked = new Map(
        sources.flatMap((it) => (looks.has(keyOf(it)) ? [] : [[keyOf(it), it] as const])),
      );
      for (const some of chunksOf([...unasked.values()], mostLookedAt)) ask(some);
      return Promise.all(
        sources.map((it) => looks.get(keyOf(it)) ?? Promise.resolve(unanswered(it))),
      );
    },
  };
};

const keyOf = ({ protocol, url, ref }: Source) => JSON.stringify([protocol, url, ref]);

const unanswered = ({ url }: Source): Look => ({
  kind: "unknown",
  message: `the builder left out ${url}`,
});
