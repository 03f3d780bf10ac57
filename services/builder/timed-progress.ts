import type { Measure } from "#shared/metrics/declare.ts";
import { seconds } from "#shared/time.ts";
import { stepTime } from "./metrics.ts";
import type { AnyStep } from "./outcome.ts";

export type TimedProgress<S extends AnyStep> = {
  step: S;
  /** The step that it is in is over. */
  end(): void;
};

/** How far a build or a rebuild is; each step is timed until the next begins. */
export const timedProgress = <S extends AnyStep>(
  { observe }: Measure,
  purpose: "build" | "rebuild",
  first: S,
): TimedProgress<S> => {
  let step = first;
  let begun = performance.now();
  const end = () => {
    const now = performance.now();
    observe(stepTime, { purpose, step }, (now - begun) / seconds(1));
    begun = now;
  };
  return {
    get step() {
      return step;
    },
    set step(next) {
      if (next !== step) end();
      step = next;
    },
    end,
  };
};
