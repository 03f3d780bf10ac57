import { and, asc, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import type { Payload } from "#shared/bus/declare.ts";
import { Fault } from "#shared/fault.ts";
import type { packageAdded } from "#shared/messages/package.ts";
import type { Pkgbase, SourceId } from "#shared/model.ts";
import { type Owed, packages } from "#shared/state/packages.ts";
import { sources } from "#shared/state/sources.ts";
import type { Reader, State, Transaction } from "#shared/state/state.ts";
import { writePackages } from "./write-packages.ts";

/** A package as the resolver proposes it. */
export type Proposed = Pick<Payload<typeof packageAdded>, "pkgbase" | "source" | "dependency"> & {
  readonly devel: boolean;
};

export type AddTerms = {
  readonly replace: boolean;
  readonly enabled: boolean;
  readonly owed: Omit<Owed, "message">;
};

/** A package whose add has not been told to everybody. */
export type Owing = Proposed & { readonly owed: Owed };

/**
 * Writes an add, all or nothing, the asked-for package first. Dependencies that are packages already
 * stay as they are; a replaced package keeps its settings. `undefined`: it exists, and is not to be replaced.
 */
export const addPackages = (state: State, proposed: readonly Proposed[], terms: AddTerms) =>
  writePackages(state, async (transaction) => {
    const existing = await existingOf(transaction, proposed);
    await demandSources(transaction, proposed);
    const written: Owing[] = [];
    for (const it of proposed) {
      const exists = existing.has(it.pkgbase);
      if (exists && it.dependency) continue;
      if (exists && !terms.replace) return undefined;
      const owed = { ...terms.owed, message: exists ? "changed" : "added" } as const;
      if (exists) await replaceSource(transaction, it, owed);
      else await insert(transaction, it, owed, terms.enabled);
      written.push({ ...it, owed });
    }
    return written;
  });

const existingOf = async (transaction: Transaction, proposed: readonly Proposed[]) => {
  const names = proposed.map(({ pkgbase }) => pkgbase);
  const rows = await transaction
    .select({ pkgbase: packages.pkgbase, removedAt: packages.removedAt })
    .from(packages)
    .where(inArray(packages.pkgbase, names));
  const leaving = rows.find(({ removedAt }) => removedAt !== null);
  if (leaving)
    throw new Fault("conflict", `package ${leaving.pkgbase} is being removed, try again soon`);
  return new Set(rows.map(({ pkgbase }) => pkgbase));
};

/** Sources go with a package that was removed while these were made. */
const demandSources = async (transaction: Transaction, proposed: readonly Proposed[]) => {
  const rows = await transaction
    .select({ id: sources.id })
    .from(sources)
    .where(
      inArray(
        sources.id,
        proposed.map(({ source }) => source),
      ),
    );
  const there = new Set(rows.map(({ id }) => id));
  const gone = proposed.find(({ source }) => !there.has(source));
  if (gone) throw new Fault("conflict", `package ${gone.pkgbase} was removed meanwhile, try again`);
};

const insert = (
  transaction: Transaction,
  { pkgbase, source, devel, dependency }: Proposed,
  owed: Owed,
  enabled: boolean,
) =>
  transaction.insert(packages).values({
    pkgbase,
    source,
    addedAt: owed.at,
    enabled,
    clean: !devel,
    private: false,
    dependency,
    devel,
    srcinfoOverride: false,
    flags: [],
    owed,
  });

const replaceSource = (
  transaction: Transaction,
  { pkgbase, source, devel }: Proposed,
  owed: Owed,
) => transaction.update(packages).set({ source, devel, owed }).where(eq(packages.pkgbase, pkgbase));

/** Forgets what is told, unless the package got another source meanwhile. */
export const settleOwed = (state: State, told: readonly { readonly source: SourceId }[]) =>
  writePackages(state, (transaction) =>
    transaction
      .update(packages)
      .set({ owed: null })
      .where(
        inArray(
          packages.source,
          told.map(({ source }) => source),
        ),
      ),
  );

/** Of those whose builds are there already, only the message is owed. */
export const findOwing = async (read: Reader): Promise<Owing[]> => {
  const rows = await read
    .select({
      pkgbase: packages.pkgbase,
      source: packages.source,
      dependency: packages.dependency,
      devel: packages.devel,
      owed: packages.owed,
      // Spelled out: of one table alone drizzle leaves out the names of tables.
      ordered: sql<number>`exists (select 1 from builds
        where builds.pkgbase = packages.pkgbase and builds.ordered_at >= packages.owed ->> 'at')`,
    })
    .from(packages)
    .where(and(isNotNull(packages.owed), isNull(packages.removedAt)))
    .orderBy(asc(packages.position));
  return rows.flatMap(({ owed, ordered, ...row }) =>
    owed ? [{ ...row, owed: { ...owed, build: owed.build && ordered === 0 } }] : [],
  );
};

/** Hides a package from readers, and says since when it is hidden. `undefined`: there is none. */
export const hidePackage = (state: State, pkgbase: Pkgbase, at: number) =>
  writePackages(state, async (transaction) => {
    await transaction
      .update(packages)
      .set({ removedAt: at })
      .where(and(eq(packages.pkgbase, pkgbase), isNull(packages.removedAt)));
    const row = await transaction
      .select({ removedAt: packages.removedAt })
      .from(packages)
      .where(eq(packages.pkgbase, pkgbase))
      .get();
    return row?.removedAt ?? undefined;
  });

export const findHidden = async (read: Reader) => {
  const rows = await read
    .select({ pkgbase: packages.pkgbase, removedAt: packages.removedAt })
    .from(packages)
    .where(isNotNull(packages.removedAt))
    .orderBy(asc(packages.position));
  return rows.flatMap(({ pkgbase, removedAt }) =>
    removedAt === null ? [] : [{ pkgbase, removedAt }],
  );
};

export const deleteHidden = (state: State, pkgbase: Pkgbase, removedAt: number) =>
  writePackages(state, (transaction) =>
    transaction
      .delete(packages)
      .where(and(eq(packages.pkgbase, pkgbase), eq(packages.removedAt, removedAt))),
  );
