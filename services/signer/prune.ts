import { days } from "#shared/time.ts";
import type { Signer } from "./context.ts";
import { deleteUnused } from "./store.ts";

/** Deletes signatures of what no table names any more. One that is wanted again is made again. */
export const prune = async ({ now, state }: Pick<Signer, "now" | "state">) =>
  deleteUnused(state, now() - days(7));
