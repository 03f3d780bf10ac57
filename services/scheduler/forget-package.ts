import type { Payload } from "#shared/bus/declare.ts";
import type { packageRemoved } from "#shared/messages/package.ts";
import { changeBuild } from "./change-build.ts";
import type { Scheduler } from "./context.ts";
import { release } from "./release.ts";
import { deleteBuildsOf, outlivingBuilds } from "./store/builds.ts";

/** Ends the builds of a removed package, then forgets them all. Those of a package that was added again stay. */
export const forgetPackage = async (
  scheduler: Scheduler,
  { pkgbase }: Pick<Payload<typeof packageRemoved>, "pkgbase">,
) => {
  const { state } = scheduler;
  for (const { id } of await outlivingBuilds(state, pkgbase))
    await changeBuild(scheduler, id, { kind: "cancelled", message: "the package was removed" });
  // A build that is gone counts as one that had nothing to do, so those that need it are cancelled first.
  await release(scheduler);
  await deleteBuildsOf(state, pkgbase);
};
