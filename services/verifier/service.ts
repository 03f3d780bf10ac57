import { packageRemoved } from "#shared/messages/package.ts";
import {
  claimRebuild as claim,
  orderRebuild as order,
  rebuildEnded,
  rebuildFinished,
  rebuildPending,
  rebuildRequested,
} from "#shared/messages/rebuild.ts";
import { repoPublished } from "#shared/messages/repo.ts";
import { answer, defineService, every, on } from "#shared/service/define.ts";
import { run } from "#shared/service/run.ts";
import { verifierAttempts, verifierLease, verifierOutbox } from "#shared/state/recovery.ts";
import { minutes, seconds } from "#shared/time.ts";
import { claimRebuild } from "./claim-rebuild.ts";
import { Config, open } from "./context.ts";
import { finishRebuild, giveUpFinished } from "./finish-rebuild.ts";
import { forgetPackage } from "./forget-package.ts";
import { rebuildsEnded } from "./metrics.ts";
import { orderRebuild } from "./order-rebuild.ts";
import { giveUpPending, pinPending } from "./pin-rebuild.ts";
import { prune } from "./prune.ts";
import { rebuildPublished } from "./rebuild-published.ts";
import { outlived, unfinished } from "./reconcile.ts";

const terms = { atOnce: 1, ackWait: seconds(5) };

/** Has what is published built again elsewhere, and compares the two bit for bit. */
export const verifier = defineService({
  name: "verifier",
  config: Config,
  state: true,
  recovery: { outbox: verifierOutbox, lease: verifierLease, attempts: verifierAttempts },
  open,
  answers: [answer(order, orderRebuild), answer(claim, claimRebuild)],
  consumes: [
    on(repoPublished, rebuildPublished, terms),
    on(rebuildPending, pinPending, { atOnce: 2, ackWait: seconds(30), dropped: giveUpPending }),
    on(rebuildFinished, finishRebuild, {
      atOnce: 2,
      ackWait: seconds(30),
      dropped: giveUpFinished,
    }),
    on(packageRemoved, forgetPackage, terms),
  ],
  publishes: [rebuildPending, rebuildRequested, rebuildEnded],
  measures: [rebuildsEnded],
  repeats: [every(minutes(60), prune)],
  reconciles: [unfinished, outlived],
  async health({ blobs, state }) {
    await state.ping();
    await blobs.ping();
  },
});

if (import.meta.main) await run(verifier);
