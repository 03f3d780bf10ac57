import { days } from "#shared/time.ts";
import type { Verifier } from "./context.ts";
import { forgetLogs, forgetRebuilds } from "./store/prune.ts";

/** Deletes what is kept no longer of rebuilds. */
export const prune = async ({ config, now, state }: Pick<Verifier, "config" | "now" | "state">) => {
  await forgetRebuilds(state, config.KEEP_BUILDS);
  await forgetLogs(state, now() - days(config.KEEP_LOGS_DAYS));
};
