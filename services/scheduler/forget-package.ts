import type { Payload } from "#shared/bus/declare.ts";
import type { packageRemoved } from "#shared/messages/package.ts";
import { findAddedAt } from "#shared/state/packages.ts";
import type { Scheduler } from "./context.ts";
import { endBuild } from "./end-build.ts";
import { release } from "./release.ts";
import { deleteBuildsOf, endingBuildsOf } from "./store/builds.ts";
import { unfinishedStates } from "./unfinished.ts";

const message = "the package was removed";

/** Ends what is being built of a removed package, and forgets all its builds. Those of one added again since stay. */
export const forgetPackage = async (
  scheduler: Scheduler,
  { pkgbase }: Payload<typeof packageRemoved>,
) => {
  const { state } = scheduler;
  const ending = await endingBuildsOf(state, pkgbase, message);
  // Read after them: of a package that is not there now, all of them are old.
  const addedAt = await findAddedAt(state.read, pkgbase);
  for (const build of ending) {
    if (build.orderedAt >= (addedAt ?? Infinity)) continue;
    await endBuild(scheduler, build.id, unfinishedStates, { state: "cancelled", message });
  }
  await release(scheduler);
  await deleteBuildsOf(state, pkgbase);
};
