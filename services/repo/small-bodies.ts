import type { Blobs } from "#shared/blobs/blobs.ts";

/** Bytes up to which a body is served from memory, and of all bodies kept. */
const limits = { body: 64 * 1024, all: 64 * 1024 * 1024 };

export const isSmall = (bytes: number) => bytes <= limits.body;

/** Checked contents of small blobs; the longest unused go first. */
export const openSmallBodies = (blobs: Blobs) => {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  let total = 0;
  return async (sha256: string) => {
    const body = kept.get(sha256) ?? (await blobs.bytes(sha256));
    if (!kept.delete(sha256)) total += body.byteLength;
    kept.set(sha256, body);
    for (const [oldest, { byteLength }] of kept) {
      if (total <= limits.all) break;
      kept.delete(oldest);
      total -= byteLength;
    }
    return body;
  };
};
