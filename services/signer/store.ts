import { and, eq, inArray, lt, sql } from "drizzle-orm";
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

/** Rows of one write. */
const chunk = 500;

/**
 * Deletes signatures that were made before an instant and are of nothing that a build made or that the repository
 * serves now. Those of past databases are in the repository's own record of them.
 */
export const deleteUnused = async (state: State, before: number) => {
  const isUnused = and(
    lt(signatures.signedAt, before),
    sql`${signatures.sha256} not in (
      select sha256 from build_artifacts union select sha256 from artifacts
      union select database_sha256 from generations where number = (select max(number) from generations)
      union select files_sha256 from generations where number = (select max(number) from generations))`,
  );
  for (;;) {
    const rows = await state.read
      .select({ sha256: signatures.sha256 })
      .from(signatures)
      .where(isUnused)
      .limit(chunk);
    if (rows.length === 0) return;
    const hashes = rows.map(({ sha256 }) => sha256);
    await state.write(async (tx) => {
      await tx.delete(signatures).where(and(inArray(signatures.sha256, hashes), isUnused));
    });
  }
};

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
