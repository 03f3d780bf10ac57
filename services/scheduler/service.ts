import {
  buildEnded,
  buildFinished,
  buildPending,
  buildRequested,
  orderBuilds as order,
  sessionOrdered,
} from "#shared/messages/build.ts";
import { claimBuild as claim } from "#shared/messages/builder.ts";
import { packageRemoved } from "#shared/messages/package.ts";
import { planFinished, planRequested, sessionEnded } from "#shared/messages/plan.ts";
import { publishRefused, publishRequested, repoPublished } from "#shared/messages/repo.ts";
import { orderSweep as orderOfSweep, sweepRequested } from "#shared/messages/storage.ts";
import { answer, defineService, on } from "#shared/service/define.ts";
import { run } from "#shared/service/run.ts";
import {
  schedulerAttempts,
  schedulerLease,
  schedulerOutbox,
  schedulerTicks,
} from "#shared/state/recovery.ts";
import { seconds } from "#shared/time.ts";
import { claimBuild } from "./claim-build.ts";
import { Config, open } from "./context.ts";
import { finishBuild, finishPublished, finishRefused } from "./finish-build.ts";
import { forgetPackage } from "./forget-package.ts";
import { buildsEnded } from "./metrics.ts";
import { orderAdded, orderBuilds } from "./order-builds.ts";
import { giveUpPlanned, planSession } from "./plan-session.ts";
import { abandoned, outlived, unanswered, unplanned, waiting } from "./reconcile.ts";
import { release } from "./release.ts";
import { schedules } from "./schedules.ts";
import { orderSweep, sweep, sweeping } from "./sweep.ts";

const terms = { atOnce: 1, ackWait: seconds(5) };

/** Decides when, and in what order, packages are built: schedules, sessions, and the life of a build. */
export const scheduler = defineService({
  name: "scheduler",
  config: Config,
  state: true,
  recovery: {
    outbox: schedulerOutbox,
    lease: schedulerLease,
    attempts: schedulerAttempts,
    ticks: schedulerTicks,
  },
  makesStreams: true,
  open,
  answers: [
    answer(order, orderBuilds),
    answer(claim, claimBuild),
    answer(orderOfSweep, orderSweep),
  ],
  consumes: [
    on(sessionOrdered, orderAdded, terms),
    on(planFinished, planSession, { ...terms, atOnce: 4, dropped: giveUpPlanned }),
    on(buildFinished, finishBuild, terms),
    on(repoPublished, finishPublished, terms),
    on(publishRefused, finishRefused, terms),
    on(buildEnded, release, { ...terms, atOnce: 32 }),
    on(packageRemoved, forgetPackage, terms),
    on(sweepRequested, sweep, { ...terms, ackWait: seconds(30) }),
  ],
  publishes: [
    sessionOrdered,
    buildPending,
    planRequested,
    buildRequested,
    buildEnded,
    sessionEnded,
    publishRequested,
    sweepRequested,
  ],
  measures: [buildsEnded],
  crons: [schedules, sweeping],
  reconciles: [unanswered, waiting, unplanned, abandoned, outlived],
  async health({ blobs, state }) {
    await state.ping();
    await blobs.ping();
  },
});

if (import.meta.main) await run(scheduler);
