import type { Payload } from "#shared/bus/declare.ts";
import type { packageRemoved } from "#shared/messages/package.ts";
import { changeRebuild } from "./change-rebuild.ts";
import type { Verifier } from "./context.ts";
import { deleteRebuildsOf, outlivingRebuilds } from "./store/rebuilds.ts";

/** Ends the rebuilds of a removed package, then forgets them all. Those of a package that was added again stay. */
export const forgetPackage = async (
  verifier: Verifier,
  { pkgbase }: Pick<Payload<typeof packageRemoved>, "pkgbase">,
) => {
  const { state } = verifier;
  for (const { id } of await outlivingRebuilds(state, pkgbase))
    await changeRebuild(verifier, id, { kind: "given-up", message: "the package was removed" });
  await deleteRebuildsOf(state, pkgbase);
};
