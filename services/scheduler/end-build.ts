import { buildEnded } from "#shared/messages/build.ts";
import { sayable } from "#shared/messages/reason.ts";
import type { BuildId } from "#shared/model.ts";
import type { Scheduler } from "./context.ts";
import { buildsEnded } from "./metrics.ts";
import { type Build, changeBuild, findBuild, type NewState } from "./store/builds.ts";

type End = Omit<NewState, "state"> & {
  readonly state: "success" | "failure" | "fatal" | "cancelled";
};

/** Ends a build that is in one of the states `from`, and says how it ended. Telling another end changes nothing. */
export const endBuild = async (
  { measure, now, publish, state }: Pick<Scheduler, "measure" | "now" | "publish" | "state">,
  id: BuildId,
  from: readonly Build["state"][],
  end: End,
) => {
  const { message } = end;
  const changed = await changeBuild(state, id, from, {
    ...end,
    ...(typeof message === "string" && { message: sayable(message) }),
    endedAt: now(),
  });
  if (changed) measure.count(buildsEnded, { state: end.state });
  const build = await findBuild(state, id);
  if (!build || !isEnd(build.state)) return;
  await publish(buildEnded, {
    build: id,
    pkgbase: build.pkgbase,
    arch: build.arch,
    at: build.endedAt ?? now(),
    state: build.state,
    message: build.message,
  });
};

const isEnd = (state: Build["state"]): state is End["state"] =>
  state === "success" || state === "failure" || state === "fatal" || state === "cancelled";
