import { gzipSync } from "node:zlib";
import { type Entry, formatDesc, formatFiles } from "./desc.ts";
import { endOfArchive, tarMember } from "./ustar.ts";

/** `files` is the database that also knows what each package installs. */
export type DatabaseKind = "db" | "files";

/** How many entries a frame holds at most. */
export const FRAME_ENTRIES = 64;

/**
 * A piece of a database, compressed by itself: frames one after the other, then `endFrame`, are one.
 * The same entries always make the same bytes.
 */
export const encodeFrame = (entries: readonly Entry[], kind: DatabaseKind): Uint8Array => {
  if (entries.length > FRAME_ENTRIES)
    throw new RangeError(`${entries.length} entries in a frame of at most ${FRAME_ENTRIES}`);
  const members = entries.flatMap(({ directory, desc, files = [] }) => [
    tarMember(`${directory}/`),
    tarMember(`${directory}/desc`, formatDesc(desc)),
    ...(kind === "files" ? [tarMember(`${directory}/files`, formatFiles(files))] : []),
  ]);
  return gzipSync(Buffer.concat(members));
};

/** Ends a database; alone, it is an empty one. */
export const endFrame: Uint8Array = gzipSync(endOfArchive);

/** A whole database at once. */
export const encodeDatabase = (entries: readonly Entry[], kind: DatabaseKind): Uint8Array => {
  const frames: Uint8Array[] = [];
  for (let start = 0; start < entries.length; start += FRAME_ENTRIES)
    frames.push(encodeFrame(entries.slice(start, start + FRAME_ENTRIES), kind));
  return Buffer.concat([...frames, endFrame]);
};
