import type { Payload } from "#shared/bus/declare.ts";
import type { packageRemoved } from "#shared/messages/package.ts";
import { findAddedAt } from "#shared/state/packages.ts";
import type { Verifier } from "./context.ts";
import { endRebuild } from "./end-rebuild.ts";
import { failed } from "./judge.ts";
import { deleteRebuildsOf, unfinishedRebuilds } from "./store/rebuilds.ts";

/** Ends the rebuilds of a removed package that are under way, and forgets all. Those of one added again since stay. */
export const forgetPackage = async (
  verifier: Verifier,
  { pkgbase }: Payload<typeof packageRemoved>,
) => {
  const { state } = verifier;
  const unfinished = await unfinishedRebuilds(state);
  // Read after them: of a package that is not there now, all of them are old.
  const addedAt = await findAddedAt(state.read, pkgbase);
  for (const rebuild of unfinished)
    if (rebuild.pkgbase === pkgbase && rebuild.orderedAt < (addedAt ?? Infinity))
      await endRebuild(verifier, rebuild.id, failed("the package was removed"));
  await deleteRebuildsOf(state, pkgbase);
};
