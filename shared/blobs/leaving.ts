import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { ifMissing } from "#shared/if-missing.ts";

/** Where blobs of a directory lie while they are deleted, so that a put at the same time keeps its blob. */
export type Leaving = {
  /**
   * Deletes a blob that was put before an instant, and says whether it did:
   * 1. the blob leaves its place: a put that finds none there writes it anew;
   * 2. a put may have renewed the blob's time before that: then the blob returns.
   */
  remove(sha256: string, putBefore: number): Promise<boolean>;
  /** Puts a blob back that is here: the process that was deleting it may have died. */
  restore(sha256: string): Promise<void>;
  restoreAll(): Promise<void>;
};

export const openLeaving = (directory: string, placeOf: (sha256: string) => string): Leaving => {
  const leaving = (sha256: string) => join(directory, sha256);
  const move = (from: string, to: string) => rename(from, to).then(() => true, ifMissing);
  const restore = async (sha256: string) => {
    // Looked for first: on a file system that is read-only, a move fails even where there is nothing to move.
    const found = await stat(leaving(sha256)).catch(ifMissing);
    if (found) await move(leaving(sha256), placeOf(sha256));
  };
  return {
    restore,
    async remove(sha256, putBefore) {
      await mkdir(directory, { recursive: true });
      if (!(await move(placeOf(sha256), leaving(sha256)))) return false;
      const found = await stat(leaving(sha256)).catch(ifMissing);
      if (!found) return false;
      if (found.mtimeMs >= putBefore) {
        await restore(sha256);
        return false;
      }
      await rm(leaving(sha256), { force: true });
      return true;
    },
    async restoreAll() {
      for (const sha256 of (await readdir(directory).catch(ifMissing)) ?? []) await restore(sha256);
    },
  };
};
