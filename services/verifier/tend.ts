import { rebuildRequested } from "#shared/messages/rebuild.ts";
import { minutes } from "#shared/time.ts";
import type { Verifier } from "./context.ts";
import { pinPending } from "./pin-rebuild.ts";
import { unfinishedRebuilds } from "./store/rebuilds.ts";

/** Longer than its own message takes. */
const overdue = minutes(1);

/** Does what is to be done again, for rows whose message may be gone. While it is not, this changes nothing. */
export const tend = async (verifier: Verifier) => {
  const { now, publish, state } = verifier;
  const unfinished = await unfinishedRebuilds(state);
  for (const { request } of unfinished) if (request) await publish(rebuildRequested, request);
  for (const { id, orderedAt, request } of unfinished)
    if (!request && orderedAt <= now() - overdue) await pinPending(verifier, { rebuild: id });
};
