import {
  buildEnded,
  buildFinished,
  buildPending,
  buildRequested,
  claimBuild as claim,
  orderBuilds as order,
  sessionOrdered,
} from "#shared/messages/build.ts";
import { packageRemoved } from "#shared/messages/package.ts";
import { publishRefused, publishRequested, repoPublished } from "#shared/messages/repo.ts";
import { planSession } from "#shared/messages/resolve.ts";
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
import { giveUpPending, planPending } from "./plan-pending.ts";
import { outlived, unanswered, unplanned, waiting } from "./reconcile.ts";
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
  asks: [planSession],
  consumes: [
    on(sessionOrdered, orderAdded, terms),
    on(buildPending, planPending, { ...terms, atOnce: 4, dropped: giveUpPending }),
    on(buildFinished, finishBuild, terms),
    on(repoPublished, finishPublished, terms),
    on(publishRefused, finishRefused, terms),
    on(buildEnded, release, terms),
    on(packageRemoved, forgetPackage, terms),
    on(sweepRequested, sweep, { ...terms, ackWait: seconds(30) }),
  ],
  publishes: [buildPending, buildRequested, buildEnded, publishRequested, sweepRequested],
  measures: [buildsEnded],
  crons: [schedules, sweeping],
  reconciles: [unanswered, waiting, unplanned, outlived],
  async health({ blobs, state }) {
    await state.ping();
    await blobs.ping();
  },
});

if (import.meta.main) await run(scheduler);
