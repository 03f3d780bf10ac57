import { prepare } from "#shared/bus/prepare.ts";
import { Fault } from "#shared/fault.ts";
import { chunksOf } from "#shared/in-turns.ts";
import { buildRequested } from "#shared/messages/build.ts";
import type { BuildId } from "#shared/model.ts";
import { yieldToOthers } from "#shared/pause.ts";
import type { BuildEvent, BuildStep } from "./build-life.ts";
import { atOnce, changeBuild, changeBuilds, isEnd } from "./change-build.ts";
import { composeRequest } from "./compose-request.ts";
import type { Scheduler } from "./context.ts";
import { decideRelease, type Need } from "./decide-release.ts";
import { findBuild, hasPending, needsOf, unfinishedBuilds } from "./store/builds.ts";

/**
 * Starts every build that may, and ends those that cannot any more. A build that cannot be started now holds up no
 * other; rejects in the end where that is by something that is unavailable.
 */
export const release = async (scheduler: Scheduler) => {
  const { log } = scheduler;
  for (const [build, error] of await releaseAll(scheduler)) {
    if (error instanceof Fault) throw error;
    log.error("build not started", { build, error });
  }
};

/** Gives what kept builds from their start. Callers that come during a run share the next one. */
export const releaseAll = (scheduler: Scheduler): Promise<ReadonlyMap<BuildId, unknown>> =>
  scheduler.releasing(async () => {
    const failed = new Map<BuildId, unknown>();
    while (await releaseOnce(scheduler, failed));
    return failed;
  });

/** Answers whether a build ended by it, which may free others. */
const releaseOnce = async (scheduler: Scheduler, failed: Map<BuildId, unknown>) => {
  const { config, state } = scheduler;
  if (!(await hasPending(state))) return false;
  const unfinished = await unfinishedBuilds(state);
  const known = new Map<BuildId, Need>(unfinished.map((build) => [build.id, build]));
  const others = new Set(unfinished.flatMap(({ needs }) => needs ?? []));
  for (const id of known.keys()) others.delete(id);
  for (const [id, need] of await needsOf(state, [...others])) known.set(id, need);
  await yieldToOthers();
  const steps = decideRelease(unfinished, known, {
    places: config.CONCURRENT_BUILDS,
    ignoreFailed: config.RESOLVE_IGNORE_FAILED,
  }).filter(({ id }) => !failed.has(id));

  const ends = steps.flatMap((step) =>
    step.kind === "start" ? [] : [[step.id, endBy(step)] as const],
  );
  let ended = await endBuilds(scheduler, ends, failed);
  for (const step of steps) {
    if (step.kind !== "start") continue;
    try {
      const event = await startOf(scheduler, step.id);
      const taken = event && (await changeBuild(scheduler, step.id, event));
      ended ||= taken !== undefined && isEnd(taken);
    } catch (error) {
      failed.set(step.id, error);
    }
  }
  return ended;
};

type Ends = readonly (readonly [BuildId, BuildEvent])[];

/** Many may wait for one that failed: they end together, unless something is wrong with one of them. */
const endBuilds = async (scheduler: Scheduler, ends: Ends, failed: Map<BuildId, unknown>) => {
  let ended = false;
  for (const some of chunksOf(ends, atOnce)) {
    const steps = await changeBuilds(scheduler, new Map(some)).catch(async () => {
      const each = new Map<BuildId, BuildStep>();
      for (const [id, event] of some)
        try {
          const step = await changeBuild(scheduler, id, event);
          if (step) each.set(id, step);
        } catch (error) {
          failed.set(id, error);
        }
      return each;
    });
    ended ||= [...steps.values()].some(isEnd);
  }
  return ended;
};

const endBy = (step: {
  readonly kind: "cancel" | "orphan";
  readonly message: string;
}): BuildEvent =>
  step.kind === "cancel"
    ? { kind: "cancelled", message: step.message }
    : { kind: "given-up", message: step.message };

/** Pins everything that a build is made of; what cannot be pinned ends it. */
const startOf = async (scheduler: Scheduler, id: BuildId): Promise<BuildEvent | undefined> => {
  const build = await findBuild(scheduler.state, id);
  if (build?.state !== "pending") return undefined;
  try {
    const composed = await composeRequest(scheduler, build);
    if (composed.kind === "current") return { kind: "unneeded" };
    // Checked here, where it ends the build: a request over the size of a message.
    prepare(buildRequested, composed.request);
    return { kind: "pinned", request: composed.request, sourceState: composed.sourceState };
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === "unavailable") throw error;
    return { kind: "given-up", message: error.message };
  }
};
