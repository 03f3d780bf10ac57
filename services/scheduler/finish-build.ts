import type { Payload } from "#shared/bus/declare.ts";
import type { buildFinished } from "#shared/messages/build.ts";
import type { publishRefused, repoPublished } from "#shared/messages/repo.ts";
import { changeBuild } from "./change-build.ts";
import type { Scheduler } from "./context.ts";

/** A builder reports how a build went. */
export const finishBuild = async (scheduler: Scheduler, report: Payload<typeof buildFinished>) => {
  await changeBuild(scheduler, report.build, { kind: "finished", report });
};

/** The packages of a build can be installed. */
export const finishPublished = async (
  scheduler: Scheduler,
  { build, packages }: Payload<typeof repoPublished>,
) => {
  const version = packages[0]?.version ?? null;
  await changeBuild(scheduler, build, { kind: "published", version });
};

/** The repository does not take what a build made. */
export const finishRefused = async (
  scheduler: Scheduler,
  { build, message, pkgrel, again }: Payload<typeof publishRefused>,
) => {
  await changeBuild(scheduler, build, { kind: "refused", message, pkgrel, again });
};
