import { planSession as question } from "#shared/messages/resolve.ts";
import type { BuildId, SessionId } from "#shared/model.ts";
import type { Scheduler } from "./context.ts";
import { decideSession } from "./decide-session.ts";
import { dropBuild } from "./drop-build.ts";
import { endBuild } from "./end-build.ts";
import { release } from "./release.ts";
import { unfinishedBuilds } from "./store/builds.ts";
import { findSession, keepPlan } from "./store/sessions.ts";

/** Asks the resolver what a session's builds need, and starts those that need nothing. Twice is once. */
export const planSession = (scheduler: Scheduler, id: SessionId) =>
  scheduler.planning(id, () => planOnce(scheduler, id));

const planOnce = async (scheduler: Scheduler, id: SessionId) => {
  const { ask, config, log, now, state } = scheduler;
  const session = await findSession(state, id);
  if (!session || session.plannedAt !== null) return;

  const unfinished = await unfinishedBuilds(state);
  const ordered = unfinished.filter((build) => build.session === id && build.state === "pending");
  const elsewhere = unfinished.filter(
    (build) => build.session !== id && build.orderedAt <= session.orderedAt,
  );
  if (ordered.length === 0) return keepPlan(state, id, new Map(), now());
  const plan = await ask(question, {
    packages: ordered.map(({ pkgbase }) => pkgbase),
    building: [...new Set(elsewhere.map(({ pkgbase }) => pkgbase))],
    resolve: session.resolve && config.RESOLVE_BUILD_SEQUENCE,
  });
  for (const { pkgbase, problem } of plan)
    if (problem !== null) log.warn("source not updated", { session: id, pkgbase, problem });

  const decisions = decideSession(ordered, plan, { force: session.force, elsewhere });
  const needs = new Map<BuildId, readonly BuildId[]>();
  for (const build of ordered) {
    const decision = decisions.get(build.id);
    if (decision?.kind === "drop") await dropBuild(scheduler, build);
    if (decision?.kind === "wait") needs.set(build.id, decision.needs);
    if (decision?.kind === "cancel")
      await endBuild(scheduler, build.id, ["pending"], {
        state: "cancelled",
        message: decision.message,
      });
  }
  await keepPlan(state, id, needs, now());
  await release(scheduler);
};
