import type { BuildId } from "#shared/model.ts";
import type { Transaction } from "#shared/state/state.ts";
import type { BuildEvent, BuildStep } from "./build-life.ts";
import { stepBuild } from "./build-life.ts";
import type { Scheduler } from "./context.ts";
import { buildsEnded } from "./metrics.ts";
import { readBuildInLife, writeStep } from "./store/builds.ts";
import { writeBuilds } from "./store/write-builds.ts";

export type Changing = Pick<Scheduler, "measure" | "now" | "state">;

/** Takes a build through its life by one event, and gives its new state; undefined where there is no such build. */
export const changeBuild = async (scheduler: Changing, id: BuildId, event: BuildEvent) => {
  const { now, state } = scheduler;
  const step = await writeBuilds(state, (transaction) =>
    changeBuildIn(transaction, id, event, now()),
  );
  countEnds(scheduler, [step]);
  return step;
};

/** As `changeBuild`, in a write with others. */
export const changeBuildIn = async (
  transaction: Transaction,
  id: BuildId,
  event: BuildEvent,
  at: number,
): Promise<BuildStep | undefined> => {
  const build = await readBuildInLife(transaction, id);
  if (!build) return undefined;
  const step = stepBuild(build, event, at);
  await writeStep(transaction, id, step);
  await transaction.publish(...step.publications);
  return step;
};

/** Counts the builds that steps have ended, once those are committed. */
export const countEnds = (
  { measure }: Pick<Changing, "measure">,
  steps: readonly (BuildStep | undefined)[],
) => {
  for (const step of steps) {
    if (step?.forget) measure.count(buildsEnded, { state: "current" });
    else if (step?.to?.endedAt !== undefined && step.to.state)
      measure.count(buildsEnded, { state: step.to.state });
  }
};
