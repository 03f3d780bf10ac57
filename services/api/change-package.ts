import type { Pkgbase } from "#shared/model.ts";
import type { Transaction } from "#shared/state/state.ts";
import type { Api } from "./context.ts";
import { type PackageEvent, stepPackage } from "./package-life.ts";
import { type NewPackage, readPackageInLife, writeStep } from "./store/packages.ts";
import { writePackages } from "./store/write-packages.ts";

/** Takes a package through its life by one event, and gives how its row changed. */
export const changePackage = (
  { now, state }: Pick<Api, "now" | "state">,
  pkgbase: Pkgbase,
  event: PackageEvent,
) =>
  writePackages(state, (transaction) =>
    changePackageIn(transaction, pkgbase, event, { at: now(), enabled: false }),
  );

/** As `changePackage`, in a write with others. */
export const changePackageIn = async (
  transaction: Transaction,
  pkgbase: Pkgbase,
  event: PackageEvent,
  added: NewPackage,
) => {
  const state = await readPackageInLife(transaction, pkgbase);
  const { change, publications } = stepPackage(state, event, added.at);
  await writeStep(transaction, pkgbase, change, added);
  await transaction.publish(...publications);
  return change;
};
