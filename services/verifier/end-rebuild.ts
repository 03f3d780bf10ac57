import { sayable } from "#shared/messages/reason.ts";
import { rebuildEnded } from "#shared/messages/rebuild.ts";
import type { RebuildId } from "#shared/model.ts";
import type { Verifier } from "./context.ts";
import type { Verdict } from "./judge.ts";
import { rebuildsEnded } from "./metrics.ts";
import { artifactsOf, type End, findRebuild, writeEnd } from "./store/rebuilds.ts";

type By = Pick<End, "builder" | "startedAt" | "logSha256" | "logBytes">;

/** Writes a rebuild's verdict, unless it has one, and says the one it has. */
export const endRebuild = async (
  verifier: Verifier,
  id: RebuildId,
  verdict: Verdict,
  by: By = {},
) => {
  const { measure, now, state } = verifier;
  const message = verdict.message === null ? null : sayable(verdict.message);
  const ended = await writeEnd(state, id, { ...by, ...verdict, message, endedAt: now() });
  if (ended) measure.count(rebuildsEnded, { status: verdict.status });
  await sayEnded(verifier, id);
};

/** Says the verdict of a rebuild that has one. */
export const sayEnded = async ({ log, now, publish, state }: Verifier, id: RebuildId) => {
  const rebuild = await findRebuild(state, id);
  if (!rebuild?.status) return;
  const { pkgbase, arch, build, status, message, endedAt } = rebuild;
  const artifacts = await artifactsOf(state, id);
  log.info("rebuild ended", { rebuild: id, pkgbase, status, message });
  await publish(rebuildEnded, {
    ...{ rebuild: id, pkgbase, arch, build, status, message },
    at: endedAt ?? now(),
    artifacts: artifacts.map(({ filename, status }) => ({ filename, status })),
  });
};
