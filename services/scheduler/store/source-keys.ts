import { inArray } from "drizzle-orm";
import { sourceKeys } from "#shared/state/source-keys.ts";
import type { State } from "#shared/state/state.ts";

/** The keys of these fingerprints that kiln was given, in the order of their fingerprints. */
export const findSourceKeys = async ({ read }: State, fingerprints: readonly string[]) => {
  if (fingerprints.length === 0) return [];
  const { fingerprint, armoured } = sourceKeys;
  const names = fingerprints.map((it) => it.toUpperCase());
  return read
    .select({ fingerprint, armoured })
    .from(sourceKeys)
    .where(inArray(fingerprint, names))
    .orderBy(fingerprint);
};
