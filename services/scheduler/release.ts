import { Fault } from "#shared/fault.ts";
import type { BuildId } from "#shared/model.ts";
import { composeRequest } from "./compose-request.ts";
import type { Scheduler } from "./context.ts";
import { decideRelease } from "./decide-release.ts";
import { dropBuild } from "./drop-build.ts";
import { endBuild } from "./end-build.ts";
import { requestBuild } from "./request-build.ts";
import { changeBuild, findBuild, hasPending, needsOf, unfinishedBuilds } from "./store/builds.ts";

/** Starts every build that may, and ends those that cannot any more. */
export const release = (scheduler: Scheduler) =>
  scheduler.releasing(async () => {
    for (let changed = true; changed; ) changed = await releaseOnce(scheduler);
  });

/** Answers whether a build ended by it, which may free others. */
const releaseOnce = async (scheduler: Scheduler) => {
  const { config, state } = scheduler;
  if (!(await hasPending(state))) return false;
  const unfinished = await unfinishedBuilds(state);
  const needs = await needsOf(state, [...new Set(unfinished.flatMap(({ needs }) => needs ?? []))]);
  const steps = decideRelease(unfinished, needs, {
    places: config.CONCURRENT_BUILDS,
    ignoreFailed: config.RESOLVE_IGNORE_FAILED,
  });
  let ended = false;
  for (const step of steps) {
    if (step.kind === "start") ended = (await startBuild(scheduler, step.id)) || ended;
    else {
      ended = true;
      await endBuild(scheduler, step.id, ["pending"], {
        message: step.message,
        ...(step.kind === "cancel"
          ? { state: "cancelled" }
          : { state: "fatal", progress: "resolve" }),
      });
    }
  }
  return ended;
};

/** Pins everything the build is made of, and asks for it. Answers whether it ended instead. */
const startBuild = async (scheduler: Scheduler, id: BuildId) => {
  const { state } = scheduler;
  const build = await findBuild(state, id);
  if (build?.state !== "pending") return false;
  try {
    const composed = await composeRequest(scheduler, build);
    if (composed.kind === "current") {
      await dropBuild(scheduler, build);
      return true;
    }
    const { request, sourceState } = composed;
    if (await changeBuild(state, id, ["pending"], { state: "requested", request, sourceState }))
      return await requestBuild(scheduler, request);
    return false;
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === "unavailable") throw error;
    const { message } = error;
    await endBuild(scheduler, id, ["pending"], { state: "fatal", progress: "resolve", message });
    return true;
  }
};
