import type { Payload } from "#shared/bus/declare.ts";
import type { publishRefused } from "#shared/messages/repo.ts";
import type { Scheduler } from "./context.ts";
import { endBuild } from "./end-build.ts";
import { release } from "./release.ts";

/** The build made what may not be served. */
export const finishRefused = async (
  scheduler: Scheduler,
  { build, message }: Payload<typeof publishRefused>,
) => {
  await endBuild(scheduler, build, ["publishing"], {
    state: "fatal",
    progress: "publish",
    message,
  });
  await release(scheduler);
};
