import type { Payload } from "#shared/bus/declare.ts";
import type { rebuildFinished } from "#shared/messages/rebuild.ts";
import { compareArtifacts } from "./compare-artifacts.ts";
import type { Verifier } from "./context.ts";
import { endRebuild, sayEnded } from "./end-rebuild.ts";
import { failed, judge, judgeUnbuilt } from "./judge.ts";
import { artifactsOf, findRebuild } from "./store/rebuilds.ts";

type Finished = Payload<typeof rebuildFinished>;

/** Compares what a builder made with what is served, and writes the verdict. */
export const finishRebuild = async (verifier: Verifier, finished: Finished) => {
  const { rebuild: id, outcome } = finished;
  const rebuild = await findRebuild(verifier.state, id);
  if (!rebuild) return;
  if (rebuild.status) return sayEnded(verifier, id);
  const artifacts = await artifactsOf(verifier.state, id);
  const verdict =
    outcome.kind === "rebuilt"
      ? judge(await compareArtifacts(verifier, rebuild, artifacts, outcome.artifacts))
      : judgeUnbuilt(
          outcome,
          artifacts.map(({ filename }) => filename),
        );
  await endRebuild(verifier, id, verdict, byOf(finished));
};

/** What was made cannot be compared. */
export const giveUpFinished = async (verifier: Verifier, finished: Finished, error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  const verdict = failed(`what was made cannot be compared: ${message}`);
  await endRebuild(verifier, finished.rebuild, verdict, byOf(finished));
};

const byOf = ({ builder, startedAt, log }: Finished) => ({
  builder,
  startedAt,
  ...(log && { logSha256: log.sha256, logBytes: log.bytes }),
});
