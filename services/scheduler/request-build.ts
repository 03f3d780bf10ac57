import type { Payload } from "#shared/bus/declare.ts";
import { Fault } from "#shared/fault.ts";
import { buildRequested } from "#shared/messages/build.ts";
import type { Scheduler } from "./context.ts";
import { endBuild } from "./end-build.ts";

/** Asks builders for a build. One that cannot be asked for, as it is too large for the bus, ends; answers whether it did. */
export const requestBuild = async (
  scheduler: Scheduler,
  request: Payload<typeof buildRequested>,
): Promise<boolean> => {
  try {
    await scheduler.publish(buildRequested, request);
    return false;
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === "unavailable") throw error;
    const { message } = error;
    const end = { state: "fatal", progress: "resolve", message } as const;
    await endBuild(scheduler, request.build, ["requested"], end);
    return true;
  }
};
