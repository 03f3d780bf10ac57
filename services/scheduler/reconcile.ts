import * as v from "valibot";
import { BuildId, Pkgbase, SessionId } from "#shared/model.ts";
import type { Reconcile } from "#shared/service/reconcile.ts";
import { builds } from "#shared/state/builds.ts";
import { findOutlived } from "#shared/state/packages.ts";
import { minutes } from "#shared/time.ts";
import { changeBuild } from "./change-build.ts";
import type { Scheduler } from "./context.ts";
import { forgetPackage } from "./forget-package.ts";
import { announceOrder, forgetOrder } from "./order-builds.ts";
import { giveUpSession, requestPlan } from "./plan-session.ts";
import { release, releaseAll } from "./release.ts";
import { findBuild, plannedBuilds, unansweredBuilds } from "./store/builds.ts";
import { abandonedSessions, unplannedSessions } from "./store/sessions.ts";

const idsOf = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);

const giveUpBuild = async (scheduler: Scheduler, id: string, message: string) => {
  await changeBuild(scheduler, v.parse(BuildId, id), { kind: "given-up", message });
  await release(scheduler);
};

/** Builds that builders or the repository have not answered. */
export const unanswered: Reconcile<Scheduler> = {
  name: "unanswered builds",
  find: async ({ state }) => idsOf(await unansweredBuilds(state)),
  async step(scheduler, id) {
    await changeBuild(scheduler, v.parse(BuildId, id), { kind: "overdue" });
  },
  giveUp: giveUpBuild,
};

/** Builds that may be free to start. The builds that one look finds share a release, which looks at all of them. */
export const waiting: Reconcile<Scheduler> = {
  name: "waiting builds",
  async find({ look, state }) {
    look.clear();
    return idsOf(await plannedBuilds(state));
  },
  async step(scheduler, id) {
    const { look } = scheduler;
    const released = look.get("release") ?? releaseAll(scheduler);
    look.set("release", released);
    const failed = await released;
    const build = v.parse(BuildId, id);
    // A release passes over a row that cannot be read: reading it here fails, so that it is given up in the end.
    await findBuild(scheduler.state, build);
    if (failed.has(build)) throw failed.get(build);
  },
  giveUp: giveUpBuild,
};

/** Sessions without a plan. */
export const unplanned: Reconcile<Scheduler> = {
  name: "unplanned sessions",
  find: async ({ state }) => idsOf(await unplannedSessions(state)),
  async step(scheduler, id) {
    const session = v.parse(SessionId, id);
    await announceOrder(scheduler, session);
    await requestPlan(scheduler, session);
  },
  giveUp: (scheduler, id, message) => giveUpSession(scheduler, v.parse(SessionId, id), message),
};

/** How long the rest of an order may take to come. */
const patience = minutes(60);

/** Orders of several questions whose last one never came. */
export const abandoned: Reconcile<Scheduler> = {
  name: "abandoned orders",
  find: async ({ now, state }) => idsOf(await abandonedSessions(state, now() - patience)),
  step: (scheduler, id) => forgetOrder(scheduler, v.parse(SessionId, id)),
  giveUp: (scheduler, id) => forgetOrder(scheduler, v.parse(SessionId, id)),
};

/** Removed packages, where the message about that was lost. */
export const outlived: Reconcile<Scheduler> = {
  name: "builds of removed packages",
  find: async ({ state }) => idsOf(await findOutlived(state.read, builds)),
  step: (scheduler, id) => forgetPackage(scheduler, { pkgbase: v.parse(Pkgbase, id) }),
  /** Nobody sees the builds of a package that is not there, so the scheduler goes on. */
  async giveUp() {},
};
