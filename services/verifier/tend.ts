import { Fault } from "#shared/fault.ts";
import type { RebuildId } from "#shared/model.ts";
import { minutes } from "#shared/time.ts";
import type { Verifier } from "./context.ts";
import { giveUpPending, pinPending } from "./pin-rebuild.ts";
import { unfinishedRebuilds } from "./store/rebuilds.ts";

/** Longer than its own message takes. */
const overdue = minutes(1);

/** Does what is to be done again, for rows whose message may be gone. While it is not, this changes nothing. */
export const tend = async (verifier: Verifier) => {
  const { now, state } = verifier;
  const unfinished = await unfinishedRebuilds(state);
  for (const { id, request } of unfinished) if (request) await tendOne(verifier, id);
  for (const { id, orderedAt, request } of unfinished)
    if (!request && orderedAt <= now() - overdue) await tendOne(verifier, id);
};

/** One that no second try mends is given up, as its message would be: others are behind it. */
const tendOne = async (verifier: Verifier, rebuild: RebuildId) => {
  try {
    await pinPending(verifier, { rebuild });
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === "unavailable") throw error;
    await giveUpPending(verifier, { rebuild }, error);
  }
};
