import { type FileHandle, open, readFile } from "node:fs/promises";
import type { BlobReference } from "#shared/model.ts";
import type { Objects } from "./objects.ts";

/** Bytes up to which a blob is sent in one piece, and of the pieces of a larger one, as long as there may be so many. */
const partSize = 8 * 1024 * 1024;

/** Source: Amazon S3 User Guide, "Multipart upload limits". */
const mostParts = 10_000;

/** Parts in memory at the same time. */
const atOnce = 3;

/** Sends local files; of a large one, only some parts are in memory. */
export const openUpload = (objects: Objects) => {
  let cleared: Promise<void> | undefined;
  return async (path: string, { sha256, bytes }: BlobReference) => {
    if (bytes <= partSize) return objects.put(sha256, new Uint8Array(await readFile(path)));
    cleared ??= objects.abortAbandoned();
    // Some keys may not list uploads; that is no reason not to make one.
    await Promise.allSettled([cleared]);
    const file = await open(path);
    try {
      await uploadParts(objects, file, { sha256, bytes });
    } finally {
      await file.close();
    }
  };
};

const uploadParts = async (
  objects: Objects,
  file: FileHandle,
  { sha256, bytes }: BlobReference,
) => {
  const size = Math.max(partSize, Math.ceil(bytes / mostParts));
  const count = Math.ceil(bytes / size);
  const upload = await objects.begin(sha256);
  const tags: string[] = [];
  const numbers = upTo(count);
  const send = async () => {
    const memory = new Uint8Array(size);
    // One that fails closes `numbers`, so that the others end too.
    for (const number of numbers) {
      const start = (number - 1) * size;
      const content = memory.subarray(0, Math.min(size, bytes - start));
      await readPart(file, start, content);
      tags[number - 1] = await upload.part(number, content);
    }
  };
  const sent = await Promise.allSettled(Array.from({ length: atOnce }, send));
  try {
    for (const each of sent) if (each.status === "rejected") throw each.reason;
    await upload.complete(tags);
  } catch (error) {
    // One that cannot be aborted either is cleared away by a later process.
    await Promise.allSettled([upload.abort()]);
    throw error;
  }
};

function* upTo(count: number) {
  for (let number = 1; number <= count; number += 1) yield number;
}

const readPart = async (file: FileHandle, start: number, content: Uint8Array) => {
  const { bytesRead } = await file.read(content, 0, content.byteLength, start);
  if (bytesRead !== content.byteLength)
    throw new Error(`read ${bytesRead} bytes of a part, not ${content.byteLength}`);
};
