import type { Payload } from "#shared/bus/declare.ts";
import type { buildFinished } from "#shared/messages/build.ts";
import { publishRequested } from "#shared/messages/repo.ts";
import type { Scheduler } from "./context.ts";
import { endBuild } from "./end-build.ts";
import { endOf } from "./end-of.ts";
import { release } from "./release.ts";
import { changeBuild, findBuild } from "./store/builds.ts";

const from = ["requested", "running"] as const;

/** Writes what a builder says of a build, and has what was built published. */
export const finishBuild = async (
  scheduler: Scheduler,
  { build, builder, outcome, log, measurements }: Payload<typeof buildFinished>,
) => {
  const { publish, state } = scheduler;
  const kept = {
    builder,
    measurements,
    ...(log && { logSha256: log.sha256, logBytes: log.bytes }),
  };
  if (outcome.kind !== "built") {
    await endBuild(scheduler, build, from, { ...kept, ...endOf(outcome) });
    await release(scheduler);
    return;
  }
  await changeBuild(
    state,
    build,
    from,
    {
      ...kept,
      state: "publishing",
      srcinfoSha256: outcome.srcinfo.sha256,
      pkgbuildSha256: outcome.pkgbuild.sha256,
    },
    outcome.artifacts.map(({ filename, blob }) => ({ filename, ...blob })),
  );
  if ((await findBuild(state, build))?.state === "publishing")
    await publish(publishRequested, { build });
};
