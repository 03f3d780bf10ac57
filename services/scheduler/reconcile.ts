import * as v from "valibot";
import { BuildId, Pkgbase, SessionId } from "#shared/model.ts";
import type { Reconcile } from "#shared/service/reconcile.ts";
import { changeBuild } from "./change-build.ts";
import type { Scheduler } from "./context.ts";
import { forgetPackage } from "./forget-package.ts";
import { planSession } from "./plan-session.ts";
import { release, releaseOne } from "./release.ts";
import { outlivedPackages, plannedBuilds, unansweredBuilds } from "./store/builds.ts";
import { pendingOf, unplannedSessions } from "./store/sessions.ts";

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

/** Builds that may be free to start. */
export const waiting: Reconcile<Scheduler> = {
  name: "waiting builds",
  find: async ({ state }) => idsOf(await plannedBuilds(state)),
  step: (scheduler, id) => releaseOne(scheduler, v.parse(BuildId, id)),
  giveUp: giveUpBuild,
};

/** Sessions without a plan. */
export const unplanned: Reconcile<Scheduler> = {
  name: "unplanned sessions",
  find: async ({ state }) => idsOf(await unplannedSessions(state)),
  step: (scheduler, id) => planSession(scheduler, v.parse(SessionId, id)),
  async giveUp(scheduler, id, message) {
    for (const build of await pendingOf(scheduler.state, v.parse(SessionId, id)))
      await giveUpBuild(scheduler, build.id, message);
  },
};

/** Removed packages, where the message about that was lost. */
export const outlived: Reconcile<Scheduler> = {
  name: "builds of removed packages",
  find: async ({ state }) => idsOf(await outlivedPackages(state)),
  step: (scheduler, id) => forgetPackage(scheduler, { pkgbase: v.parse(Pkgbase, id) }),
  /** Nobody sees the builds of a package that is not there, so the scheduler goes on. */
  async giveUp() {},
};
