import { packageRemoved } from "#shared/messages/package.ts";
import { planFinished, planRequested, sessionEnded } from "#shared/messages/plan.ts";
import { addRequested, generateSrcinfo } from "#shared/messages/resolve.ts";
import { lookAtSources } from "#shared/messages/vcs.ts";
import { defineService, every, on } from "#shared/service/define.ts";
import { run } from "#shared/service/run.ts";
import { resolverLease, resolverOutbox } from "#shared/state/recovery.ts";
import { minutes, seconds } from "#shared/time.ts";
import { carryOutAdd, giveUpAdd } from "./carry-out-add.ts";
import { Config, open } from "./context.ts";
import { forgetPackage } from "./forget-package.ts";
import { forgetPlan } from "./forget-plan.ts";
import { giveUpPlan, planSession } from "./plan-session.ts";
import { prune } from "./prune.ts";
import { untilStopped } from "./until-stopped.ts";

/** Knows where packages come from and what they need. A PKGBUILD is never read here: a builder does that. */
export const resolver = defineService({
  name: "resolver",
  config: Config,
  state: true,
  open,
  recovery: { outbox: resolverOutbox, lease: resolverLease },
  consumes: [
    on(addRequested, carryOutAdd, { atOnce: 8, ackWait: seconds(30), dropped: giveUpAdd }),
    on(planRequested, untilStopped(planSession), {
      atOnce: 4,
      ackWait: seconds(30),
      dropped: giveUpPlan,
    }),
    on(sessionEnded, forgetPlan, { atOnce: 4, ackWait: seconds(30) }),
    on(packageRemoved, forgetPackage, { atOnce: 4, ackWait: seconds(30) }),
  ],
  publishes: [planFinished],
  asks: [generateSrcinfo, lookAtSources],
  repeats: [every(minutes(10), prune)],
  health: async ({ blobs, git, state }) => {
    await git.ping();
    await state.ping();
    await blobs.ping();
  },
});

if (import.meta.main) await run(resolver);
