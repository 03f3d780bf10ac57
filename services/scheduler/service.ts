import {
  buildEnded,
  buildFinished,
  orderBuilds as buildOrder,
  buildPending,
  buildRequested,
  buildStarted,
} from "#shared/messages/build.ts";
import { packageRemoved } from "#shared/messages/package.ts";
import { publishRefused, publishRequested, repoPublished } from "#shared/messages/repo.ts";
import { planSession } from "#shared/messages/resolve.ts";
import { answer, defineService, every, on } from "#shared/service/define.ts";
import { run } from "#shared/service/run.ts";
import { minutes, seconds } from "#shared/time.ts";
import { Config, open } from "./context.ts";
import { finishBuild } from "./finish-build.ts";
import { finishPublished } from "./finish-published.ts";
import { finishRefused } from "./finish-refused.ts";
import { forgetPackage } from "./forget-package.ts";
import { buildsEnded } from "./metrics.ts";
import { orderBuilds } from "./order-builds.ts";
import { giveUpPending, planPending } from "./plan-pending.ts";
import { startBuild } from "./start-build.ts";
import { tend } from "./tend.ts";

const terms = { atOnce: 1, ackWait: seconds(5) };

/** Says when, and in what order, builds are made: sessions, and the life of a build. */
export const scheduler = defineService({
  name: "scheduler",
  config: Config,
  state: true,
  makesStreams: true,
  open,
  answers: [answer(buildOrder, orderBuilds)],
  asks: [planSession],
  consumes: [
    on(buildPending, planPending, { ...terms, atOnce: 4, dropped: giveUpPending }),
    on(buildStarted, startBuild, terms),
    on(buildFinished, finishBuild, terms),
    on(repoPublished, finishPublished, terms),
    on(publishRefused, finishRefused, terms),
    on(packageRemoved, forgetPackage, terms),
  ],
  publishes: [buildPending, buildRequested, buildEnded, publishRequested],
  measures: [buildsEnded],
  repeats: [every(minutes(1), tend)],
  async health({ blobs, state }) {
    await state.ping();
    await blobs.ping();
  },
});

if (import.meta.main) await run(scheduler);
