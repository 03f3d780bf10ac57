import { buildEnded } from "#shared/messages/build.ts";
import type { Scheduler } from "./context.ts";
import { buildsEnded } from "./metrics.ts";
import { type Build, deleteBuild } from "./store/builds.ts";

/** Says that there was nothing to do, and forgets the build. */
export const dropBuild = async (
  { measure, now, publish, state }: Scheduler,
  build: Pick<Build, "id" | "pkgbase" | "arch">,
) => {
  const { id, pkgbase, arch } = build;
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
