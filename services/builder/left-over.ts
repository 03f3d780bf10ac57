import { minutes } from "#shared/time.ts";
import { labelOfAll } from "./docker/create-options.ts";
import type { Listed } from "./docker/engine.ts";
import type { Identity } from "./identity.ts";

export const formatIdentity = ({ place, pid, id }: Identity) => `${place}/${pid}/${id}`;

const parseIdentity = (text: string): Identity | undefined => {
  const [, place, pid, id] = /^(.+)\/(\d+)\/(.+)$/.exec(text) ?? [];
  return place && pid && id ? { place, pid: Number(pid), id } : undefined;
};

/** Milliseconds in which a container that was made has surely been started. */
const untilStarted = minutes(1);

/**
 * Whether nobody works in a container any more. Builders of several kilns may share an engine.
 *
 * 1. Our own are removed by whoever started them.
 * 2. A builder in our place is asked for: gone, what it left is nobody's.
 * 3. Any other builder may live. Its container ends with it, by the lease; so a running one is somebody's,
 *    and one that does not run, and had the time to be started, is nobody's.
 */
export const isLeftOver = (
  { labels, running, createdAt }: Listed,
  me: Identity,
  isRunning: (pid: number) => boolean,
  now: number,
) => {
  const owner = parseIdentity(labels[labelOfAll] ?? "");
  if (owner?.id === me.id) return false;
  if (owner?.place === me.place && (owner.pid === me.pid || !isRunning(owner.pid))) return true;
  return !running && now - createdAt > untilStarted;
};
