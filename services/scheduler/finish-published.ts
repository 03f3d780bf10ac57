import type { Payload } from "#shared/bus/declare.ts";
import type { repoPublished } from "#shared/messages/repo.ts";
import type { Scheduler } from "./context.ts";
import { endBuild } from "./end-build.ts";
import { release } from "./release.ts";

/** The build's packages can be installed: it has succeeded, and what waited for it may start. */
export const finishPublished = async (
  scheduler: Scheduler,
  { build, packages }: Payload<typeof repoPublished>,
) => {
  const version = packages[0]?.version ?? null;
  await endBuild(scheduler, build, ["publishing"], { state: "success", version });
  await release(scheduler);
};
