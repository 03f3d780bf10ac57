import { createHash } from "node:crypto";
import type { BlobReference } from "#shared/model.ts";
import { endFrame } from "#shared/pacman/database-frame.ts";

const end = {
  sha256: createHash("sha256").update(endFrame).digest("hex"),
  bytes: endFrame.byteLength,
};

/** Whether a database is exactly its frames, one after the other, and the end of a database. */
export const isMadeOf = async (
  database: AsyncIterable<Uint8Array>,
  frames: readonly BlobReference[],
): Promise<boolean> => {
  const waiting = [...frames, end];
  let hash = createHash("sha256");
  let hashed = 0;
  let fits = true;
  // Read to its end in any case: only there it is known to be whole.
  for await (const chunk of database)
    for (let rest = chunk; fits && rest.byteLength > 0; ) {
      const [part] = waiting;
      if (!part) {
        fits = false;
        break;
      }
      const taken = rest.subarray(0, part.bytes - hashed);
      hash.update(taken);
      hashed += taken.byteLength;
      rest = rest.subarray(taken.byteLength);
      if (hashed < part.bytes) continue;
      fits = hash.digest("hex") === part.sha256;
      waiting.shift();
      hash = createHash("sha256");
      hashed = 0;
    }
  return fits && waiting.length === 0;
};
