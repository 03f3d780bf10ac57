import { asc, eq, inArray, isNotNull } from "drizzle-orm";
import type { Pkgbase, SourceId } from "#shared/model.ts";
import { packages } from "#shared/state/packages.ts";
import { sources } from "#shared/state/sources.ts";
import type { Reader, Transaction } from "#shared/state/state.ts";
import type { PackageState, PackageStep } from "../package-life.ts";

/** What a new package gets that the resolver does not know. */
export type NewPackage = {
  readonly at: number;
  /** Takes part in schedules. */
  readonly enabled: boolean;
};

export const readPackageInLife = async (
  transaction: Pick<Transaction, "select">,
  pkgbase: Pkgbase,
): Promise<PackageState> => {
  const row = await transaction
    .select({ removedAt: packages.removedAt })
    .from(packages)
    .where(eq(packages.pkgbase, pkgbase))
    .get();
  if (!row) return { kind: "absent" };
  const { removedAt } = row;
  return removedAt === null
    ? { kind: "present", pkgbase }
    : { kind: "removing", pkgbase, removedAt };
};

export const writeStep = async (
  transaction: Transaction,
  pkgbase: Pkgbase,
  change: PackageStep["change"],
  { at, enabled }: NewPackage,
) => {
  const its = eq(packages.pkgbase, pkgbase);
  switch (change.kind) {
    case "insert": {
      const { spec, specHash, devel, dependency } = change.proposed;
      await transaction.insert(packages).values({
        pkgbase,
        spec,
        specHash,
        addedAt: at,
        enabled,
        clean: !devel,
        private: false,
        dependency,
        devel,
        srcinfoOverride: false,
        flags: [],
      });
      return;
    }
    case "replace": {
      const { spec, specHash, devel } = change.proposed;
      await transaction.update(packages).set({ spec, specHash, devel }).where(its);
      return;
    }
    case "hide":
      await transaction.update(packages).set({ removedAt: change.at }).where(its);
      return;
    case "delete":
      await transaction.delete(packages).where(its);
      return;
    case "none":
    case "exists":
    case "leaving":
      return;
  }
};

/** Of these sources, the one that is not there any more: sources go with a removed package. */
export const findGone = async (
  transaction: Pick<Transaction, "select">,
  ids: readonly SourceId[],
) => {
  const rows = await transaction
    .select({ id: sources.id })
    .from(sources)
    .where(inArray(sources.id, [...ids]));
  const there = new Set(rows.map(({ id }) => id));
  return ids.find((id) => !there.has(id));
};

/** Packages that are being removed. */
export const findHidden = (read: Reader) =>
  read
    .select({ id: packages.pkgbase })
    .from(packages)
    .where(isNotNull(packages.removedAt))
    .orderBy(asc(packages.position));

/** When a package was hidden; undefined: it is not. */
export const findRemovedAt = async (read: Pick<Reader, "select">, pkgbase: Pkgbase) => {
  const row = await read
    .select({ removedAt: packages.removedAt })
    .from(packages)
    .where(eq(packages.pkgbase, pkgbase))
    .get();
  return row?.removedAt ?? undefined;
};
