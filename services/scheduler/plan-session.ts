import { planSession as question } from "#shared/messages/resolve.ts";
import type { SessionId } from "#shared/model.ts";
import type { BuildEvent } from "./build-life.ts";
import { changeBuildIn, countEnds } from "./change-build.ts";
import type { Scheduler } from "./context.ts";
import { type Decision, decideSession } from "./decide-session.ts";
import { release } from "./release.ts";
import { unfinishedBuilds } from "./store/builds.ts";
import { findSession, markPlanned } from "./store/sessions.ts";
import { writeBuilds } from "./store/write-builds.ts";

/** Asks the resolver what a session's builds need, and starts those that need nothing. Twice is once. */
export const planSession = (scheduler: Scheduler, id: SessionId) =>
  scheduler.planning(id, () => planOnce(scheduler, id));

const planOnce = async (scheduler: Scheduler, id: SessionId) => {
  const { ask, config, log, now, state } = scheduler;
  const session = await findSession(state, id);
  if (!session) return;
  if (session.plannedAt !== null) return release(scheduler);

  const unfinished = await unfinishedBuilds(state);
  const ordered = unfinished.filter((build) => build.session === id && build.state === "pending");
  const elsewhere = unfinished.filter(
    (build) => build.session !== id && build.orderedAt <= session.orderedAt,
  );
  const plan =
    ordered.length === 0
      ? []
      : await ask(question, {
          packages: ordered.map(({ pkgbase }) => pkgbase),
          sources: Object.fromEntries(
            ordered.flatMap(({ pkgbase, source }) => (source ? [[pkgbase, source]] : [])),
          ),
          building: [...new Set(elsewhere.map(({ pkgbase }) => pkgbase))],
          resolve: session.resolve && config.RESOLVE_BUILD_SEQUENCE,
        });
  for (const { pkgbase, problem } of plan)
    if (problem !== null) log.warn("source not updated", { session: id, pkgbase, problem });

  const decisions = decideSession(ordered, plan, { force: session.force, elsewhere });
  // All or nothing: a build that starts before the others are planned would be missed by a second plan.
  const steps = await writeBuilds(state, async (transaction) => {
    if (!(await markPlanned(transaction, id, now()))) return [];
    const taken = [];
    for (const [build, decision] of decisions)
      taken.push(await changeBuildIn(transaction, build, eventOf(decision), now()));
    return taken;
  });
  countEnds(scheduler, steps);
  await release(scheduler);
};

const eventOf = (decision: Decision): BuildEvent => {
  switch (decision.kind) {
    case "wait":
      return { kind: "planned", needs: decision.needs, source: decision.source };
    case "drop":
      return { kind: "unneeded" };
    case "cancel":
      return { kind: "cancelled", message: decision.message };
  }
};
