import type { Payload } from "#shared/bus/declare.ts";
import { Fault } from "#shared/fault.ts";
import { type rebuildPending, rebuildRequested } from "#shared/messages/rebuild.ts";
import { checkServed } from "./check-served.ts";
import { composeRequest } from "./compose-request.ts";
import type { Verifier } from "./context.ts";
import { endRebuild, sayEnded } from "./end-rebuild.ts";
import { failed, judge } from "./judge.ts";
import { findBuild } from "./store/published.ts";
import { artifactsOf, findRebuild, pinRebuild } from "./store/rebuilds.ts";

type Pending = Pick<Payload<typeof rebuildPending>, "rebuild">;

/**
 * Pins what a rebuild is made of, and asks for it. What is served is looked at first: a rebuild that makes the
 * same again would put whole bytes in the place of damaged ones.
 */
export const pinPending = async (verifier: Verifier, { rebuild: id }: Pending) => {
  const { publish, state } = verifier;
  const rebuild = await findRebuild(state, id);
  if (!rebuild) return;
  if (rebuild.status) return sayEnded(verifier, id);
  if (rebuild.request) return publish(rebuildRequested, rebuild.request);

  const build = await findBuild(state, rebuild.build);
  if (!build) throw new Fault("missing", `its build ${rebuild.build} is not known any more`);
  const artifacts = await artifactsOf(state, id);
  const checked = await checkServed(verifier, rebuild, artifacts);
  if (checked.some(({ finding }) => finding.kind !== "unknown"))
    return endRebuild(verifier, id, judge(checked));

  const request = await composeRequest(verifier, rebuild, build, artifacts);
  await pinRebuild(state, id, request);
  const pinned = await findRebuild(state, id);
  if (pinned?.request && !pinned.status) await publish(rebuildRequested, pinned.request);
};

/** What is published cannot be rebuilt at all. */
export const giveUpPending = async (verifier: Verifier, { rebuild }: Pending, error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  await endRebuild(verifier, rebuild, failed(message));
};
