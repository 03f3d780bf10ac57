import { publishRequested } from "#shared/messages/repo.ts";
import type { Scheduler } from "./context.ts";
import { planSession } from "./plan-session.ts";
import { release } from "./release.ts";
import { requestBuild } from "./request-build.ts";
import { unansweredBuilds } from "./store/builds.ts";
import { unplannedSessions } from "./store/sessions.ts";

/** Says again what is to be done, for rows whose message may be gone. While it is not, saying it changes nothing. */
export const tend = async (scheduler: Scheduler) => {
  const { publish, state } = scheduler;
  for (const { id, request, state: at } of await unansweredBuilds(state)) {
    if ((at === "requested" || at === "running") && request) await requestBuild(scheduler, request);
    if (at === "publishing") await publish(publishRequested, { build: id });
  }
  await release(scheduler);
  for (const { id } of await unplannedSessions(state)) await planSession(scheduler, id);
};
