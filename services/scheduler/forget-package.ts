import type { Payload } from "#shared/bus/declare.ts";
import type { packageRemoved } from "#shared/messages/package.ts";
import type { Scheduler } from "./context.ts";
import { endBuild } from "./end-build.ts";
import { release } from "./release.ts";
import { deleteBuildsOf, unfinishedBuilds } from "./store/builds.ts";
import { unfinishedStates } from "./unfinished.ts";

/** Ends what is being built of a removed package, and forgets all its builds. */
export const forgetPackage = async (
  scheduler: Scheduler,
  { pkgbase, at }: Payload<typeof packageRemoved>,
) => {
  const { state } = scheduler;
  for (const build of await unfinishedBuilds(state)) {
    if (build.pkgbase !== pkgbase || build.orderedAt > at) continue;
    const message = "the package was removed";
    await endBuild(scheduler, build.id, unfinishedStates, { state: "cancelled", message });
  }
  await release(scheduler);
  await deleteBuildsOf(state, pkgbase, at);
};
