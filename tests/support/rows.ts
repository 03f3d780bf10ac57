import { eq } from "drizzle-orm";
import * as v from "valibot";
import { Pkgbase, SourceId } from "#shared/model.ts";
import { packages } from "#shared/state/packages.ts";
import { sources } from "#shared/state/sources.ts";
import type { State, Transaction } from "#shared/state/state.ts";
import { addedAtOf, insertBuilds, insertSession } from "../../services/scheduler/store/sessions.ts";

export const srcinfoOf = (pkgbase: string, lines: readonly string[] = []) =>
  [
    `pkgbase = ${pkgbase}`,
    ...["pkgver = 1", "pkgrel = 1", "arch = any", ...lines].map((line) => `\t${line}`),
    "",
    `pkgname = ${pkgbase}`,
    "",
  ].join("\n");

type Given = {
  /** Go into its .SRCINFO. */
  readonly lines?: readonly string[];
  readonly sourceState?: string;
  readonly addedAt?: number;
};

/** A package with a source, as an add leaves them. */
export const insertPackage = async (state: State, name: string, given: Given = {}) => {
  const added = rowsOf(name, given);
  await state.write(async (transaction) => {
    await transaction.insert(sources).values(added.source);
    await transaction.insert(packages).values(added.package);
  });
  return { pkgbase: added.package.pkgbase, source: added.source.id };
};

/** Up to some hundred packages, with sources, in one write. */
export const insertPackages = async (state: State, names: readonly string[]) => {
  const added = names.map((name) => rowsOf(name, {}));
  await state.write(async (transaction) => {
    await transaction.insert(sources).values(added.map(({ source }) => source));
    await transaction.insert(packages).values(added.map((it) => it.package));
  });
  return added.map((it) => it.package.pkgbase);
};

const rowsOf = (name: string, { lines = [], sourceState = "one", addedAt = 0 }: Given) => {
  const pkgbase = v.parse(Pkgbase, name);
  const id = v.parse(SourceId, crypto.randomUUID());
  return {
    source: {
      id,
      pkgbase,
      spec: { type: "git" as const, url: `https://git.example/${name}.git`, devel: false },
      state: sourceState,
      snapshotSha256: "a".repeat(64),
      snapshotBytes: 1,
      srcinfo: srcinfoOf(name, lines),
      changedAt: 0,
      fetchedAt: 0,
    },
    package: {
      pkgbase,
      source: id,
      addedAt,
      enabled: true,
      clean: true,
      private: false,
      dependency: false,
      devel: false,
      srcinfoOverride: false,
      flags: [],
    },
  };
};

/** The tables of a service that publishes nothing: what its writes publish goes nowhere. */
export const withoutMessages = (state: State): State => ({
  ...state,
  write: (fn) =>
    state.write((transaction) => fn(Object.assign(transaction, { publish: async () => {} }))),
});

/** A package that is being removed, as the api leaves it until the repository is without it. */
export const hidePackage = async (state: State, name: string, removedAt = 1) => {
  const pkgbase = v.parse(Pkgbase, name);
  await state.write((transaction) =>
    transaction.update(packages).set({ removedAt }).where(eq(packages.pkgbase, pkgbase)),
  );
  return pkgbase;
};

/** A package that is gone, but for what the other services have not heard of yet. */
export const deletePackage = async (state: State, name: string) => {
  const pkgbase = v.parse(Pkgbase, name);
  await state.write((transaction) =>
    transaction.delete(packages).where(eq(packages.pkgbase, pkgbase)),
  );
  return pkgbase;
};

type NewOrder = {
  readonly session: Omit<Parameters<typeof insertSession>[1], "completeAt" | "announcedAt">;
  readonly wanted: Parameters<typeof insertBuilds>[1]["wanted"];
};

/** A session with its builds, all pending, as an order leaves them. */
export const insertOrder = async (
  transaction: Transaction,
  { session: given, wanted }: NewOrder,
) => {
  const session = await insertSession(transaction, {
    ...given,
    completeAt: given.orderedAt,
    announcedAt: given.orderedAt,
  });
  const names = wanted.map(({ pkgbase }) => pkgbase);
  const addedAt = await addedAtOf(transaction, names);
  await insertBuilds(transaction, { session, wanted, addedAt, arch: "x86_64" });
};
