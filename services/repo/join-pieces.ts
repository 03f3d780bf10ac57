import type { BlobReference } from "#shared/model.ts";
import { endFrame } from "#shared/pacman/database-frame.ts";

type Joined = { readonly content: Uint8Array; readonly pieces: readonly BlobReference[] };

/**
 * A database from its frames. Those that the one before it has are taken out of that, all others are read.
 * Nothing where that one is not made of the frames it is said to be.
 */
export const joinPieces = async (
  pieces: readonly BlobReference[],
  before: Joined,
  read: (sha256: string) => Promise<Uint8Array>,
): Promise<Uint8Array | undefined> => {
  const places = new Map<string, number>();
  let end = 0;
  for (const { sha256, bytes } of before.pieces) {
    places.set(sha256, end);
    end += bytes;
  }
  if (end + endFrame.byteLength !== before.content.byteLength) return undefined;
  const parts = pieces.map(async ({ sha256, bytes }) => {
    const place = places.get(sha256);
    return place === undefined ? read(sha256) : before.content.subarray(place, place + bytes);
  });
  return Buffer.concat([...(await Promise.all(parts)), endFrame]);
};
