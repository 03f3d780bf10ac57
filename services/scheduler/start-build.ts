import type { Payload } from "#shared/bus/declare.ts";
import type { buildStarted } from "#shared/messages/build.ts";
import type { Scheduler } from "./context.ts";
import { changeBuild } from "./store/builds.ts";

/** A builder has it. */
export const startBuild = async (
  { state }: Scheduler,
  { build, at }: Payload<typeof buildStarted>,
) => {
  await changeBuild(state, build, ["requested", "running"], { state: "running", startedAt: at });
};
