import { packageRemoved } from "#shared/messages/package.ts";
import { retirePackage } from "#shared/messages/repo.ts";
import type { Pkgbase } from "#shared/model.ts";
import type { Api } from "./context.ts";
import { deleteHidden, findHidden, hidePackage } from "./store/packages.ts";
import { notAdded } from "./store/shown.ts";

type Removing = Pick<Api, "ask" | "now" | "publish" | "state">;

/** Resolves when the repository is served without the package. Whatever happens then, it will be gone. */
export const removePackage = async (api: Removing, pkgbase: Pkgbase) => {
  const at = await hidePackage(api.state, pkgbase, api.now());
  if (at === undefined) throw notAdded(pkgbase);
  await finishRemoval(api, pkgbase, at);
};

/** Ends the removals that a dead process or an absent repository left half done. */
export const finishRemovals = async (api: Removing) => {
  for (const { pkgbase, removedAt } of await findHidden(api.state.read))
    await finishRemoval(api, pkgbase, removedAt);
};

/** Said twice it is done once, even when the package was added again in between. */
const finishRemoval = async (
  { state, publish, ask }: Removing,
  pkgbase: Pkgbase,
  removedAt: number,
) => {
  await publish(packageRemoved, { pkgbase, at: removedAt });
  await ask(retirePackage, { pkgbase });
  await deleteHidden(state, pkgbase, removedAt);
};
