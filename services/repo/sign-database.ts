import { isLost, saysLost } from "#shared/blobs/lost.ts";
import { Fault } from "#shared/fault.ts";
import { sign } from "#shared/messages/sign.ts";
import type { BlobReference } from "#shared/model.ts";
import { formatDesc, parseDesc } from "#shared/pacman/desc.ts";
import type { Reader } from "#shared/state/state.ts";
import type { Change } from "./change-repository.ts";
import type { Repo } from "./context.ts";
import type { Mending } from "./mend.ts";
import type { ArtifactRow } from "./store/commit.ts";
import type { Generation } from "./store/current.ts";
import { findKey, findSignature, readUnsigned } from "./store/requests.ts";

/** The signature of a database, base64; none where there is no key. */
export const signDatabase = async (
  { ask }: Pick<Repo, "ask">,
  blob: BlobReference,
  frames: readonly BlobReference[],
) => {
  const answer = await ask(sign, { kind: "database", blob, frames: [...frames] }).catch(retried);
  return answer.kind === "signed" ? answer.signature : null;
};

/** Whether the key in use signed a generation, and thereby every package in it: that is what a key signs. */
export const isSigned = async (read: Reader, generation: Generation) => {
  const key = await findKey(read);
  if (!key) return true;
  const made = await findSignature(read, generation.databaseSha256, key.fingerprint);
  return made !== undefined && made === generation.databaseSignature;
};

/**
 * Rows of packages that stay, for which a key came that has not signed them: signed by it now. A package whose blob is
 * lost keeps the signature that it has, so that only its own installation fails for those who trust the new key alone.
 */
export const signAnew = async (
  { ask, blobs, log, state }: Pick<Repo, "ask" | "blobs" | "log" | "state">,
  { pkgbase, put }: Pick<Change, "pkgbase" | "put">,
  generation: Generation | undefined,
  { signsAll }: Pick<Mending, "signsAll">,
): Promise<ArtifactRow[]> => {
  if (!signsAll && generation && (await isSigned(state.read, generation))) return [];
  const names = new Set(put.map(({ pkgname }) => pkgname));
  const rows: ArtifactRow[] = [];
  for (const { artifact, build } of await readUnsigned(state.read)) {
    const { frame: _, ...row } = artifact;
    if (names.has(row.pkgname) || row.pkgbase === pkgbase) continue;
    const blob = { sha256: row.sha256, bytes: row.bytes };
    const answer = await ask(sign, { kind: "artifact", build, blob }).catch(
      async (error: unknown) => {
        if (!saysLost(error) || !(await isLost(blobs, row.sha256))) return retried(error);
        log.error("a package keeps its old signature, because its file is lost; build it again", {
          pkgname: row.pkgname,
          error,
        });
        return { kind: "lost" as const };
      },
    );
    if (answer.kind === "unsigned") return [];
    if (answer.kind === "lost") continue;
    const { signature } = answer;
    rows.push({
      ...row,
      signature,
      desc: formatDesc({ ...parseDesc(row.desc), pgpsig: signature }),
    });
  }
  if (rows.length > 0) log.info("packages signed anew", { packages: rows.length });
  return rows;
};

/** A key that is exchanged while a generation is made signs nothing of it; the next attempt is all its own. */
const retried = (error: unknown): never => {
  if (error instanceof Fault && error.kind === "forbidden")
    throw new Fault("conflict", `the repository cannot be signed now: ${error.message}`, {
      cause: error,
    });
  throw error;
};
