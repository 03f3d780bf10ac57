import { days, minutes } from "#shared/time.ts";
import type { Resolver } from "./context.ts";
import { deleteAdds } from "./store/adds.ts";
import { deletePlan, findEndedPlans } from "./store/plans.ts";
import { deleteUnnamed } from "./store/sources.ts";

type Parts = Pick<Resolver, "log" | "now" | "state"> & {
  readonly git: Pick<Resolver["git"], "removeAbandoned">;
};

/** How long a source that nothing names is kept for what may come to name it: an add or a plan under way. */
const patience = minutes(60);

/** Deletes the sources that nothing names, adds of a day ago, plans whose session has ended, and temporary directories of runs that died. */
export const prune = async ({ git, log, now, state }: Parts) => {
  const deleted = await deleteUnnamed(state, now() - patience);
  if (deleted.length > 0) log.info("sources pruned", { sources: deleted });
  await deleteAdds(state, now() - days(1));
  for (const { session } of await findEndedPlans(state.read, now() - days(1)))
    await deletePlan(state, session);
  await git.removeAbandoned(now() - days(1));
};
