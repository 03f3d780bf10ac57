import type { Payload } from "#shared/bus/declare.ts";
import type { packageRemoved } from "#shared/messages/package.ts";
import { findAddedAt } from "#shared/state/packages.ts";
import type { Verifier } from "./context.ts";
import { endRebuild } from "./end-rebuild.ts";
import { failed } from "./judge.ts";
import { deleteRebuildsOf, endingRebuildsOf } from "./store/rebuilds.ts";

const message = "the package was removed";

/** Ends the rebuilds of a removed package that are under way, and forgets all. Those of one added again since stay. */
export const forgetPackage = async (
  verifier: Verifier,
  { pkgbase }: Payload<typeof packageRemoved>,
) => {
  const { state } = verifier;
  const ending = await endingRebuildsOf(state, pkgbase, message);
  // Read after them: of a package that is not there now, all of them are old.
  const addedAt = await findAddedAt(state.read, pkgbase);
  for (const { id, orderedAt } of ending)
    if (orderedAt < (addedAt ?? Infinity)) await endRebuild(verifier, id, failed(message));
  await deleteRebuildsOf(state, pkgbase);
};
