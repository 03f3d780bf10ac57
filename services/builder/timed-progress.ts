import type { Step } from "#shared/messages/build.ts";
import type { Measure } from "#shared/metrics/declare.ts";
import type { Progress } from "./drive.ts";
import { stepTime } from "./metrics.ts";

/** A build's progress, whose steps are timed: each ends when the next begins, the last when this is disposed. */
export const timedProgress = ({ observe }: Measure): Progress & Disposable => {
  let step: Step = "container";
  let begun = performance.now();
  const turnTo = (next: Step) => {
    const now = performance.now();
    observe(stepTime, { step }, (now - begun) / 1_000);
    step = next;
    begun = now;
  };
  return {
    measurements: null,
    get step() {
      return step;
    },
    set step(next) {
      if (next !== step) turnTo(next);
    },
    [Symbol.dispose]: () => turnTo(step),
  };
};
