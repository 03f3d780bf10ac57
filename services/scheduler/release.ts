import { prepare } from "#shared/bus/prepare.ts";
import { Fault } from "#shared/fault.ts";
import { buildRequested } from "#shared/messages/build.ts";
import type { BuildId } from "#shared/model.ts";
import type { BuildEvent } from "./build-life.ts";
import { changeBuild } from "./change-build.ts";
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
  const failures = await scheduler.releasing(async () => {
    const failed = new Map<BuildId, unknown>();
    while (await releaseOnce(scheduler, failed));
    return failed;
  });
  for (const [build, error] of failures) {
    if (error instanceof Fault) throw error;
    log.error("build not started", { build, error });
  }
};

/** Answers whether a build ended by it, which may free others. */
const releaseOnce = async (scheduler: Scheduler, failed: Map<BuildId, unknown>) => {
  const { config, state } = scheduler;
  if (!(await hasPending(state))) return false;
  const unfinished = await unfinishedBuilds(state);
  const known = new Map<BuildId, Need>(unfinished.map((build) => [build.id, build]));
  const others = new Set(unfinished.flatMap(({ needs }) => needs ?? []));
  for (const id of known.keys()) others.delete(id);
  for (const [id, need] of await needsOf(state, [...others])) known.set(id, need);
  const steps = decideRelease(unfinished, known, {
    places: config.CONCURRENT_BUILDS,
    ignoreFailed: config.RESOLVE_IGNORE_FAILED,
  });
  let ended = false;
  for (const step of steps) {
    if (failed.has(step.id)) continue;
    try {
      const event = step.kind === "start" ? await startOf(scheduler, step.id) : endBy(step);
      const taken = event && (await changeBuild(scheduler, step.id, event));
      ended ||= taken?.forget === true || taken?.to?.endedAt !== undefined;
    } catch (error) {
      failed.set(step.id, error);
    }
  }
  return ended;
};

/** Starts one build that may start; rejects with what keeps it from it. */
export const releaseOne = async (scheduler: Scheduler, id: BuildId) => {
  const failed = new Map<BuildId, unknown>();
  await findBuild(scheduler.state, id);
  await scheduler.releasing(() => releaseOnce(scheduler, failed));
  if (failed.has(id)) throw failed.get(id);
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
