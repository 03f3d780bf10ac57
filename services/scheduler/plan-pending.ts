import type { Payload } from "#shared/bus/declare.ts";
import type { buildPending } from "#shared/messages/build.ts";
import { changeBuild } from "./change-build.ts";
import type { Scheduler } from "./context.ts";
import { planSession } from "./plan-session.ts";
import { findBuild } from "./store/builds.ts";

type Pending = Payload<typeof buildPending>;

/** Has the session of a new build planned. */
export const planPending = async (scheduler: Scheduler, { build }: Pending) => {
  const row = await findBuild(scheduler.state, build);
  if (row) await planSession(scheduler, row.session);
};

/** The resolver refused for good: the build ends with its reason. */
export const giveUpPending = async (scheduler: Scheduler, { build }: Pending, error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  await changeBuild(scheduler, build, { kind: "given-up", message });
};
