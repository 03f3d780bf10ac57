import { eq } from "drizzle-orm";
import * as v from "valibot";
import { Pkgbase, SourceId } from "#shared/model.ts";
import { packages } from "#shared/state/packages.ts";
import { sourceChecks, sources } from "#shared/state/sources.ts";
import type { State } from "#shared/state/state.ts";

export const srcinfoOf = (pkgbase: string, lines: readonly string[] = []) =>
  [
    `pkgbase = ${pkgbase}`,
    ...["pkgver = 1", "pkgrel = 1", "arch = any", ...lines].map((line) => `\t${line}`),
    "",
    `pkgname = ${pkgbase}`,
    "",
  ].join("\n");

/** A source as the resolver leaves it, of a spec whose hash is `spec of <name>`. Lines go into its .SRCINFO. */
export const insertSource = async (
  state: State,
  name: string,
  { lines = [] as readonly string[], sourceState = "one", at = 0 } = {},
) => {
  const pkgbase = v.parse(Pkgbase, name);
  const source = v.parse(SourceId, crypto.randomUUID());
  const specHash = `spec of ${name}`;
  await state.write(async (transaction) => {
    await transaction.insert(sources).values({
      id: source,
      pkgbase,
      specHash,
      state: sourceState,
      snapshotSha256: "a".repeat(64),
      snapshotBytes: 1,
      srcinfo: srcinfoOf(name, lines),
      commits: [],
      changedAt: at,
      fetchedAt: at,
    });
    const looked = { source, checkedAt: at, problem: null };
    await transaction
      .insert(sourceChecks)
      .values({ pkgbase, specHash, ...looked })
      .onConflictDoUpdate({
        target: [sourceChecks.pkgbase, sourceChecks.specHash],
        set: looked,
      });
  });
  return { pkgbase, source, specHash };
};

/** A package with a source, as an add leaves them. Lines go into its .SRCINFO. */
export const insertPackage = async (
  state: State,
  name: string,
  { lines = [] as readonly string[], sourceState = "one", addedAt = 0 } = {},
) => {
  const { pkgbase, source, specHash } = await insertSource(state, name, { lines, sourceState });
  await state.write((transaction) =>
    transaction.insert(packages).values({
      pkgbase,
      spec: { type: "git", url: `https://git.example/${name}.git`, devel: false },
      specHash,
      addedAt,
      enabled: true,
      clean: true,
      private: false,
      dependency: false,
      devel: false,
      srcinfoOverride: false,
      flags: [],
    }),
  );
  return { pkgbase, source };
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
