import { prepare } from "#shared/bus/prepare.ts";
import { Fault } from "#shared/fault.ts";
import { rebuildRequested } from "#shared/messages/rebuild.ts";
import type { RebuildId } from "#shared/model.ts";
import { changeRebuild } from "./change-rebuild.ts";
import { checkServed } from "./check-served.ts";
import { composeRequest } from "./compose-request.ts";
import type { Verifier } from "./context.ts";
import { judge } from "./judge.ts";
import { findBuild } from "./store/published.ts";
import { artifactsOf, findRebuild } from "./store/rebuilds.ts";

type Pending = { readonly rebuild: RebuildId };

/**
 * Pins what a rebuild is made of, and asks for it. What is served is looked at first: a rebuild that makes the
 * same again would put whole bytes in the place of damaged ones.
 */
export const pinPending = async (verifier: Verifier, { rebuild: id }: Pending) => {
  const { state } = verifier;
  const rebuild = await findRebuild(state, id);
  if (!rebuild || rebuild.status || rebuild.request) return;
  const build = await findBuild(state, rebuild.build);
  if (!build) throw new Fault("missing", `its build ${rebuild.build} is not known any more`);
  const artifacts = await artifactsOf(state, id);
  const checked = await checkServed(verifier, rebuild, artifacts);
  if (checked.some(({ finding }) => finding.kind !== "unknown")) {
    await changeRebuild(verifier, id, { kind: "judged", verdict: judge(checked) });
    return;
  }
  const request = await composeRequest(verifier, rebuild, build, artifacts);
  // Checked before it is kept: a request over the size of a message is refused.
  prepare(rebuildRequested, request);
  await changeRebuild(verifier, id, { kind: "pinned", request });
};

/** What is published cannot be rebuilt at all. */
export const giveUpPending = async (verifier: Verifier, { rebuild }: Pending, error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  await changeRebuild(verifier, rebuild, { kind: "given-up", message });
};
