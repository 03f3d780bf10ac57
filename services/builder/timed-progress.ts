import type { World } from "#shared/service/define.ts";
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
  { measure, now }: Pick<World, "measure" | "now">,
  purpose: "build" | "rebuild",
  first: S,
): TimedProgress<S> => {
  let step = first;
  let begun = now();
  const end = () => {
    const ended = now();
    measure.observe(stepTime, { purpose, step }, Math.max(0, ended - begun) / seconds(1));
    begun = ended;
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
