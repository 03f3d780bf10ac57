import type { Payload } from "#shared/bus/declare.ts";
import type { rebuildFinished } from "#shared/messages/rebuild.ts";
import { changeRebuild } from "./change-rebuild.ts";
import { compareArtifacts } from "./compare-artifacts.ts";
import type { Verifier } from "./context.ts";
import { failed, judge, judgeUnbuilt } from "./judge.ts";
import { artifactsOf, findRebuild } from "./store/rebuilds.ts";

type Finished = Payload<typeof rebuildFinished>;

/** Compares what a builder made with what is served, and writes the verdict. */
export const finishRebuild = async (verifier: Verifier, report: Finished) => {
  const { rebuild: id, outcome } = report;
  const rebuild = await findRebuild(verifier.state, id);
  if (!rebuild || rebuild.status) return;
  const artifacts = await artifactsOf(verifier.state, id);
  const verdict =
    outcome.kind === "rebuilt"
      ? judge(await compareArtifacts(verifier, rebuild, artifacts, outcome.artifacts))
      : judgeUnbuilt(
          outcome,
          report.excerpt,
          artifacts.map(({ filename }) => filename),
        );
  await changeRebuild(verifier, id, { kind: "finished", report, verdict });
};

/** What was made cannot be compared. */
export const giveUpFinished = async (verifier: Verifier, report: Finished, error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  const verdict = failed(`what was made cannot be compared: ${message}`);
  await changeRebuild(verifier, report.rebuild, { kind: "finished", report, verdict });
};
