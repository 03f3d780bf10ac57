import { createHash } from "node:crypto";
import type { Blobs } from "#shared/blobs/blobs.ts";
import { Fault } from "#shared/fault.ts";
import type { BlobReference } from "#shared/model.ts";

/**
 * A blob as it lies there, whatever its name says; of a longer one than recorded, a byte more. A range is what is
 * neither checked nor copied to this host.
 */
export const readStored = (blobs: Blobs, { sha256, bytes }: BlobReference) =>
  blobs.read(sha256, { start: 0, end: bytes + 1 });

/** What a blob as it lies there hashes to; undefined: there is none. */
export const hashStored = async (blobs: Blobs, blob: BlobReference) => {
  const content = await readStored(blobs, blob).catch(ifMissing);
  if (!content) return undefined;
  const hash = createHash("sha256");
  for await (const chunk of content) hash.update(chunk);
  return hash.digest("hex");
};

const ifMissing = (error: unknown) => {
  if (error instanceof Fault && error.kind === "missing") return undefined;
  throw error;
};
