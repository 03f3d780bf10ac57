import type { Bus } from "#shared/bus/bus.ts";
import { buildEnded, buildFinished, buildPending, buildStarted } from "#shared/messages/build.ts";
import { type HubTerms, openHub, type Unfinished } from "../../services/api/live/hub.ts";
import {
  notifyEnded,
  notifyFinished,
  notifyPending,
  notifyStarted,
} from "../../services/api/live/notify.ts";
import type { MemoryBus } from "./memory-bus.ts";

/** A hub that is notified of builds, as the api's is by what its table follows. */
export const openNotifiedHub = async (bus: Bus, terms: Omit<HubTerms, "follow">) => {
  await using stack = new AsyncDisposableStack();
  const live = stack.use(openHub({ follow: bus.follow, ...terms }));
  stack.use(await bus.follow(buildPending, "now", (it) => notifyPending({ live }, it)));
  stack.use(await bus.follow(buildStarted, "now", (it) => notifyStarted({ live }, it)));
  stack.use(await bus.follow(buildFinished, "now", (it) => notifyFinished({ live }, it)));
  stack.use(await bus.follow(buildEnded, "now", (it) => notifyEnded({ live }, it)));
  const resources = stack.move();
  return { ...live, [Symbol.asyncDispose]: () => resources.disposeAsync() };
};

/** The builds of which a bus has messages, but no end, as their rows would be. */
export const unfinishedIn = ({ sent }: MemoryBus): readonly Unfinished[] => {
  const ended = new Set(sent(buildEnded).map(({ build }) => build));
  const heard = [...sent(buildPending), ...sent(buildStarted)].map(({ build }) => build);
  return [...new Set(heard)]
    .filter((build) => !ended.has(build))
    .map((build) => ({ build, state: { state: "pending" }, startedAt: null }));
};
