import * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import { Pkgbase, RebuildId } from "#shared/model.ts";
import type { Reconcile } from "#shared/service/reconcile.ts";
import { findOutlived } from "#shared/state/packages.ts";
import { rebuilds } from "#shared/state/rebuilds.ts";
import { changeRebuild } from "./change-rebuild.ts";
import type { Verifier } from "./context.ts";
import { forgetPackage } from "./forget-package.ts";
import { giveUpPending, pinPending } from "./pin-rebuild.ts";
import { stateOf } from "./rebuild-life.ts";
import { readRebuildInLife, unfinishedRebuilds } from "./store/rebuilds.ts";

/** What cannot be pinned ends as it does when its message is handled. */
const pin = async (verifier: Verifier, rebuild: RebuildId) => {
  try {
    await pinPending(verifier, { rebuild });
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === "unavailable") throw error;
    await giveUpPending(verifier, { rebuild }, error);
  }
};

/** Rebuilds that are not pinned, or that no builder has answered. */
export const unfinished: Reconcile<Verifier> = {
  name: "unfinished rebuilds",
  async find({ state }) {
    return (await unfinishedRebuilds(state)).map(({ id }) => id);
  },
  async step(verifier, id) {
    const rebuild = v.parse(RebuildId, id);
    const row = await readRebuildInLife(verifier.state.read, rebuild);
    if (!row) return;
    if (stateOf(row) === "waiting") await pin(verifier, rebuild);
    else await changeRebuild(verifier, rebuild, { kind: "overdue" });
  },
  async giveUp(verifier, id, message) {
    await changeRebuild(verifier, v.parse(RebuildId, id), { kind: "given-up", message });
  },
};

/** Removed packages, where the message about that was lost. */
export const outlived: Reconcile<Verifier> = {
  name: "rebuilds of removed packages",
  async find({ state }) {
    return (await findOutlived(state.read, rebuilds)).map(({ id }) => id);
  },
  step: (verifier, id) => forgetPackage(verifier, { pkgbase: v.parse(Pkgbase, id) }),
  /** Nobody sees the rebuilds of a package that is not there, so the verifier goes on. */
  async giveUp() {},
};
