import * as v from "valibot";
import type { Payload } from "#shared/bus/declare.ts";
import { type packageRetired, retirePackage } from "#shared/messages/repo.ts";
import { Pkgbase } from "#shared/model.ts";
import type { Reconcile } from "#shared/service/reconcile.ts";
import { changePackage } from "./change-package.ts";
import type { Api } from "./context.ts";
import { findHidden, findRemovedAt } from "./store/packages.ts";
import { notAdded } from "./store/shown.ts";

type Removing = Pick<Api, "ask" | "now" | "state">;

/** Resolves when the repository is served without the package. Whatever happens then, it will be gone. */
export const removePackage = async (api: Removing, pkgbase: Pkgbase) => {
  const { ask, state } = api;
  await changePackage(api, pkgbase, { kind: "removed" });
  const removedAt = await findRemovedAt(state.read, pkgbase);
  if (removedAt === undefined) throw notAdded(pkgbase);
  await ask(retirePackage, { pkgbase });
  await changePackage(api, pkgbase, { kind: "retired", removedAt });
};

/** The repository announces that it is served without a removed package. */
export const forgetRetired = async (
  api: Pick<Api, "now" | "state">,
  { pkgbase, removedAt }: Payload<typeof packageRetired>,
) => {
  await changePackage(api, pkgbase, { kind: "retired", removedAt });
};

/** Packages that are hidden until the repository is served without them. */
export const hidden: Reconcile<Api> = {
  name: "hidden packages",
  find: ({ state }) => findHidden(state.read).then((rows) => rows.map(({ id }) => id)),
  async step(api, id) {
    await changePackage(api, v.parse(Pkgbase, id), { kind: "overdue" });
  },
  /** Nobody can act on a package that is hidden for good, so the api goes on. */
  async giveUp() {},
};
