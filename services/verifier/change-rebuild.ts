import type { RebuildId } from "#shared/model.ts";
import type { Verifier } from "./context.ts";
import { rebuildsEnded } from "./metrics.ts";
import { type RebuildEvent, stepRebuild } from "./rebuild-life.ts";
import { readRebuildInLife, writeStep } from "./store/rebuilds.ts";

/** Takes a rebuild through its life by one event; undefined where there is no such rebuild. */
export const changeRebuild = async (
  { log, measure, now, state }: Pick<Verifier, "log" | "measure" | "now" | "state">,
  id: RebuildId,
  event: RebuildEvent,
) => {
  const changed = await state.write(async (transaction) => {
    const rebuild = await readRebuildInLife(transaction, id);
    if (!rebuild) return undefined;
    const step = stepRebuild(rebuild, event, now());
    await writeStep(transaction, id, step);
    await transaction.publish(...step.publications);
    return { rebuild, step };
  });
  if (!changed) return undefined;
  const { rebuild, step } = changed;
  const { status, message } = step.to ?? {};
  if (status) {
    log.info("rebuild ended", { rebuild: id, pkgbase: rebuild.pkgbase, status, message });
    measure.count(rebuildsEnded, { status });
  }
  return step;
};
