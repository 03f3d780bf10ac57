import { buildEnded } from "#shared/messages/build.ts";
import type { Scheduler } from "./context.ts";
import { buildsEnded } from "./metrics.ts";
import { type Build, deleteBuild, findBuild } from "./store/builds.ts";

/** Says that there was nothing to do, and forgets the build. One that another process has started meanwhile stays. */
export const dropBuild = async (
  { measure, now, publish, state }: Pick<Scheduler, "measure" | "now" | "publish" | "state">,
  build: Pick<Build, "id" | "pkgbase" | "arch">,
) => {
  const { id, pkgbase, arch } = build;
  if ((await findBuild(state, id))?.state !== "pending") return;
  await publish(buildEnded, {
    build: id,
    pkgbase,
    arch,
    at: now(),
    state: "current",
    message: null,
  });
  await deleteBuild(state, id);
  measure.count(buildsEnded, { state: "current" });
};
