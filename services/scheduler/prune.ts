import { yieldToOthers } from "#shared/pause.ts";
import { days } from "#shared/time.ts";
import type { Scheduler } from "./context.ts";
import { decidePruning } from "./decide-pruning.ts";
import { deleteSessionsBefore, prunePackage, readKept } from "./store/prune.ts";

/** Deletes what is kept no longer of builds and sessions. */
export const prune = async (
  { config, now, state }: Pick<Scheduler, "config" | "now" | "state">,
  signal: AbortSignal,
) => {
  const at = now();
  const terms = {
    versions: config.KEEP_VERSIONS,
    builds: config.KEEP_BUILDS,
    filesBefore: at - days(1),
    logsBefore: at - days(config.KEEP_LOGS_DAYS),
  };
  for await (const { published, builds } of readKept(state)) {
    signal.throwIfAborted();
    const pruning = decidePruning(builds, { ...terms, published });
    const { forgotten, withoutFiles, withoutLog } = pruning;
    if (forgotten.length + withoutFiles.length + withoutLog.length === 0) continue;
    await prunePackage(state, pruning);
    await yieldToOthers();
  }
  await deleteSessionsBefore(state, at - days(config.KEEP_SESSIONS_DAYS));
};
