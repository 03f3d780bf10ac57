import { publication } from "#shared/bus/declare.ts";
import { sessionEnded } from "#shared/messages/plan.ts";
import type { BuildId } from "#shared/model.ts";
import type { Transaction } from "#shared/state/state.ts";
import type { BuildEvent, BuildStep } from "./build-life.ts";
import { stepBuild } from "./build-life.ts";
import type { Scheduler } from "./context.ts";
import { buildsEnded } from "./metrics.ts";
import { readBuildsInLife } from "./store/builds.ts";
import { isOver } from "./store/sessions.ts";
import { writeBuilds } from "./store/write-builds.ts";
import { writeSteps } from "./store/write-steps.ts";

export type Changing = Pick<Scheduler, "measure" | "now" | "state">;

/** Builds that are changed in one write. */
export const atOnce = 500;

/** Takes a build through its life by one event, and gives its new state; undefined where there is no such build. */
export const changeBuild = async (scheduler: Changing, id: BuildId, event: BuildEvent) => {
  const steps = await changeBuilds(scheduler, new Map([[id, event]]));
  return steps.get(id);
};

/** As `changeBuild`, for up to `atOnce` builds in one write: all change or none. */
export const changeBuilds = async (
  scheduler: Changing,
  events: ReadonlyMap<BuildId, BuildEvent>,
) => {
  const { now, state } = scheduler;
  const steps = await writeBuilds(state, (transaction) =>
    changeBuildsIn(transaction, events, now()),
  );
  countEnds(scheduler, steps);
  return steps;
};

/** As `changeBuilds`, in a write with others. A build that is gone has no step. With its last build a session ends. */
export const changeBuildsIn = async (
  transaction: Transaction,
  events: ReadonlyMap<BuildId, BuildEvent>,
  at: number,
): Promise<ReadonlyMap<BuildId, BuildStep>> => {
  const builds = await readBuildsInLife(transaction, [...events.keys()]);
  const steps = new Map<BuildId, BuildStep>();
  for (const [id, event] of events) {
    const build = builds.get(id);
    if (build) steps.set(id, stepBuild(build, event, at));
  }
  await writeSteps(transaction, steps);
  await transaction.publish(...[...steps.values()].flatMap(({ publications }) => publications));

  const sessions = [...steps].flatMap(([id, step]) =>
    isEnd(step) ? (builds.get(id)?.session ?? []) : [],
  );
  for (const session of new Set(sessions))
    if (await isOver(transaction, session))
      await transaction.publish(publication(sessionEnded, { session, at }));
  return steps;
};

export const isEnd = ({ forget, to }: BuildStep) =>
  forget === true || (to?.endedAt !== undefined && to.endedAt !== null);

/** Counts the builds that steps have ended, once those are committed. */
export const countEnds = (
  { measure }: Pick<Changing, "measure">,
  steps: ReadonlyMap<BuildId, BuildStep>,
) => {
  for (const step of steps.values()) {
    if (!isEnd(step)) continue;
    if (step.forget) measure.count(buildsEnded, { state: "current" });
    else if (step.to?.state) measure.count(buildsEnded, { state: step.to.state });
  }
};
