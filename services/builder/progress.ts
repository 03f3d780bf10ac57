import type { World } from "#shared/service/define.ts";
import { doing } from "#shared/show/step-words.ts";
import { seconds } from "#shared/time.ts";
import { stepTime } from "./metrics.ts";
import type { AnyStep } from "./outcome.ts";
import type { Output } from "./output.ts";

/** A step that has begun. */
export type Begun<S extends AnyStep> = {
  readonly step: S;
  readonly startedAt: number;
  /** The line of its heading, as `Output` counts lines while a build runs. */
  readonly line: number;
};

export type TakenStep<S extends AnyStep> = Begun<S> & {
  readonly endedAt: number;
  /** Null where no program ended it. */
  readonly exitCode: number | null;
};

export type Progress<S extends AnyStep> = {
  readonly step: S;
  /** The next step begins, so the one before went well. */
  enter(step: S): void;
  /** The last step is over, with this exit code. */
  end(exitCode: number | null): readonly TakenStep<S>[];
};

type Terms<S extends AnyStep> = {
  readonly purpose: "build" | "rebuild";
  readonly first: S;
  readonly output: Pick<Output, "say">;
  readonly begun?: (step: Begun<S>) => void;
};

/** Records the steps of a build or a rebuild: each has a heading in the log, and is timed until the next begins. */
export const openProgress = <S extends AnyStep>(
  { measure, now }: Pick<World, "measure" | "now">,
  { purpose, first, output, begun = () => {} }: Terms<S>,
): Progress<S> => {
  const taken: TakenStep<S>[] = [];
  const begin = (step: S): Begun<S> => {
    const it = { step, startedAt: now(), line: output.say(doing[step]) };
    begun(it);
    return it;
  };
  let current = begin(first);
  const end = (exitCode: number | null) => {
    const { step, startedAt, line } = current;
    const endedAt = Math.max(startedAt, now());
    taken.push({ step, startedAt, endedAt, exitCode, line });
    measure.observe(stepTime, { purpose, step }, (endedAt - startedAt) / seconds(1));
  };
  return {
    get step() {
      return current.step;
    },
    enter(step) {
      end(0);
      current = begin(step);
    },
    end(exitCode) {
      end(exitCode);
      return taken;
    },
  };
};
