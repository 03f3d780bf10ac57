import { and, eq, inArray } from "drizzle-orm";
import type { BuildId } from "#shared/model.ts";
import { buildArtifacts, builds } from "#shared/state/builds.ts";
import { signatures, signingKeys } from "#shared/state/signatures.ts";
import type { Reader, State } from "#shared/state/state.ts";

/** The state of a build that made a file of that hash. */
export const findBuilt = async (read: Reader, build: BuildId, sha256: string) => {
  const [row] = await read
    .select({ state: builds.state })
    .from(buildArtifacts)
    .innerJoin(builds, eq(builds.id, buildArtifacts.build))
    .where(and(eq(buildArtifacts.build, build), eq(buildArtifacts.sha256, sha256)))
    .limit(1);
  return row;
};

/** Signatures by one key, base64, by the hash of what they sign. */
export const readSignatures = async (
  read: Reader,
  fingerprint: string,
  hashes: readonly string[],
) => {
  const rows = await read
    .select()
    .from(signatures)
    .where(and(eq(signatures.fingerprint, fingerprint), inArray(signatures.sha256, [...hashes])));
  return new Map(rows.map(({ sha256, signature }) => [sha256, signature]));
};

/** Whether some build made a file of that hash. */
export const wasBuilt = async (read: Reader, sha256: string) => {
  const rows = await read
    .select({ build: buildArtifacts.build })
    .from(buildArtifacts)
    .where(eq(buildArtifacts.sha256, sha256))
    .limit(1);
  return rows.length > 0;
};

/** Whether a signature of a blob was made here, by any key. */
export const wasMade = async (read: Reader, sha256: string, signature: string) => {
  const rows = await read
    .select({ fingerprint: signatures.fingerprint })
    .from(signatures)
    .where(and(eq(signatures.sha256, sha256), eq(signatures.signature, signature)))
    .limit(1);
  return rows.length > 0;
};

/** Keeps a signature; where there is one already, that one stays and is returned. */
export const keepSignature = (state: State, row: typeof signatures.$inferInsert) =>
  state.write(async (tx) => {
    await tx.insert(signatures).values(row).onConflictDoNothing();
    const [kept] = await tx
      .select({ signature: signatures.signature })
      .from(signatures)
      .where(and(eq(signatures.sha256, row.sha256), eq(signatures.fingerprint, row.fingerprint)));
    return kept?.signature ?? row.signature;
  });

type Key = { readonly fingerprint: string; readonly publicKey: string };

/** Says which key is in use, or that none is. */
export const announce = async (state: State, key: Key | undefined) => {
  const [row] = await state.read.select().from(signingKeys);
  if (row?.fingerprint === key?.fingerprint && row?.publicKey === key?.publicKey) return;
  await state.write(async (tx) => {
    await tx.delete(signingKeys);
    if (key)
      await tx
        .insert(signingKeys)
        .values({ id: 1, fingerprint: key.fingerprint, publicKey: key.publicKey });
  });
};
