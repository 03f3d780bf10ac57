import { eq } from "drizzle-orm";
import * as v from "valibot";
import { Pkgbase, Pkgname, SourceId } from "#shared/model.ts";
import { packages } from "#shared/state/packages.ts";
import { artifacts, generations } from "#shared/state/repo.ts";
import { sourceChecks, sources } from "#shared/state/sources.ts";
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

type Fetched = {
  /** Go into its .SRCINFO. */
  readonly lines?: readonly string[];
  readonly sourceState?: string;
  readonly at?: number;
};

const sourceOf = (name: string, { lines = [], sourceState = "one", at = 0 }: Fetched) => {
  const pkgbase = v.parse(Pkgbase, name);
  const id = v.parse(SourceId, crypto.randomUUID());
  const specHash = `spec of ${name}`;
  return {
    source: {
      id,
      pkgbase,
      specHash,
      state: sourceState,
      snapshotSha256: "a".repeat(64),
      snapshotBytes: 1,
      srcinfo: srcinfoOf(name, lines),
      commits: [],
      changedAt: at,
      fetchedAt: at,
    },
    check: { pkgbase, specHash, source: id, checkedAt: at, problem: null },
  };
};

/** A source as the resolver leaves it, of a spec whose hash is `spec of <name>`. */
export const insertSource = async (state: State, name: string, fetched: Fetched = {}) => {
  const { source, check } = sourceOf(name, fetched);
  await state.write(async (transaction) => {
    await transaction.insert(sources).values(source);
    await transaction
      .insert(sourceChecks)
      .values(check)
      .onConflictDoUpdate({
        target: [sourceChecks.pkgbase, sourceChecks.specHash],
        set: check,
      });
  });
  return { pkgbase: source.pkgbase, source: source.id, specHash: source.specHash };
};

type Given = Omit<Fetched, "at"> & { readonly addedAt?: number };

/** A package with a source, as an add leaves them. */
export const insertPackage = async (state: State, name: string, given: Given = {}) => {
  const { addedAt = 0, ...rest } = given;
  const { pkgbase, source, specHash } = await insertSource(state, name, rest);
  await state.write((transaction) =>
    transaction.insert(packages).values(packageOf(name, { pkgbase, specHash, addedAt })),
  );
  return { pkgbase, source };
};

/** Up to some hundred packages, with sources, in one write. */
export const insertPackages = async (state: State, names: readonly string[]) => {
  const added = names.map((name) => sourceOf(name, {}));
  await state.write(async (transaction) => {
    await transaction.insert(sources).values(added.map(({ source }) => source));
    await transaction.insert(sourceChecks).values(added.map(({ check }) => check));
    await transaction
      .insert(packages)
      .values(added.map(({ source }) => packageOf(source.pkgbase, { ...source, addedAt: 0 })));
  });
  return added.map(({ source }) => source.pkgbase);
};

const packageOf = (
  name: string,
  {
    pkgbase,
    specHash,
    addedAt,
  }: { readonly pkgbase: Pkgbase; readonly specHash: string; readonly addedAt: number },
) => ({
  pkgbase,
  spec: { type: "git" as const, url: `https://git.example/${name}.git`, devel: false },
  specHash,
  addedAt,
  enabled: true,
  clean: true,
  private: false,
  dependency: false,
  devel: false,
  srcinfoOverride: false,
  flags: [],
});

/** The first generation of a repository that has one package of one file. */
export const insertServed = (state: State, name: string) =>
  state.write(async (transaction) => {
    await transaction.insert(artifacts).values({
      pkgname: v.parse(Pkgname, name),
      pkgbase: v.parse(Pkgbase, name),
      version: "1-1",
      arch: "any",
      filename: `${name}-1-1-any.pkg.tar.zst`,
      sha256: "a".repeat(64),
      bytes: 1,
      depends: [],
      provides: [],
      desc: "",
      filesSha256: "",
      frame: 0,
    });
    await transaction.insert(generations).values({
      number: 1,
      databaseSha256: "",
      databaseBytes: 0,
      filesSha256: "",
      filesBytes: 0,
      modifiedAt: 0,
      createdAt: 0,
    });
  });

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
