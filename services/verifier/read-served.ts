import { createHash } from "node:crypto";
import type { Blobs } from "#shared/blobs/blobs.ts";
import { Fault } from "#shared/fault.ts";
import type { RebuildArtifact } from "./store/rebuilds.ts";

type Served = Pick<RebuildArtifact, "sha256" | "bytes">;

/** A file as it lies there, whatever its name says; of a longer one than recorded, a byte more. Undefined: none is there. */
export const readServed = (blobs: Blobs, { sha256, bytes }: Served) =>
  // Only a range is not checked.
  blobs.read(sha256, { start: 0, end: bytes + 1 }).catch(ifMissing);

/** What a file as it lies there hashes to. */
export const hashServed = async (blobs: Blobs, served: Served) => {
  const content = await readServed(blobs, served);
  if (!content) return undefined;
  const hash = createHash("sha256");
  for await (const chunk of content) hash.update(chunk);
  return hash.digest("hex");
};

const ifMissing = (error: unknown) => {
  if (error instanceof Fault && error.kind === "missing") return undefined;
  throw error;
};
