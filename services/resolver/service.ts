import { packageRemoved } from "#shared/messages/package.ts";
import {
  addRequested,
  generateSrcinfo,
  planSession as planSessionQuestion,
} from "#shared/messages/resolve.ts";
import { answer, defineService, every, on } from "#shared/service/define.ts";
import { run } from "#shared/service/run.ts";
import { minutes, seconds } from "#shared/time.ts";
import { carryOutAdd, giveUpAdd } from "./carry-out-add.ts";
import { Config, open } from "./context.ts";
import { forgetPackage } from "./forget-package.ts";
import { planSession } from "./plan-session.ts";
import { prune } from "./prune.ts";
import { untilStopped } from "./until-stopped.ts";

/** Knows where packages come from and what they need. A PKGBUILD is never read here: a builder does that. */
export const resolver = defineService({
  name: "resolver",
  config: Config,
  state: true,
  open,
  consumes: [
    on(packageRemoved, forgetPackage, { atOnce: 4, ackWait: seconds(30) }),
    on(addRequested, carryOutAdd, { atOnce: 8, ackWait: seconds(30), dropped: giveUpAdd }),
  ],
  asks: [generateSrcinfo],
  answers: [answer(planSessionQuestion, untilStopped(planSession))],
  repeats: [every(minutes(10), prune)],
  health: async ({ blobs, git, state }) => {
    await git.ping();
    await state.ping();
    await blobs.ping();
  },
});

if (import.meta.main) await run(resolver);
