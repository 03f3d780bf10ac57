import { days } from "#shared/time.ts";
import type { Resolver } from "./context.ts";
import { deleteUnadopted } from "./store.ts";

type Parts = Pick<Resolver, "log" | "now" | "state"> & {
  readonly git: Pick<Resolver["git"], "removeAbandoned">;
};

/** Deletes what was fetched for adds that were not made, and temporary directories of runs that died. */
export const prune = async ({ git, log, now, state }: Parts) => {
  const yesterday = now() - days(1);
  const deleted = await deleteUnadopted(state, yesterday);
  if (deleted.length > 0) log.info("sources pruned", { sources: deleted });
  await git.removeAbandoned(yesterday);
};
