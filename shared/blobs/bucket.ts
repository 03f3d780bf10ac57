import { Fault } from "#shared/fault.ts";
import type { BlobReference } from "#shared/model.ts";
import { webStream } from "#shared/web-stream.ts";
import type { Blobs } from "./blobs.ts";
import { checking, demandSha256, noBlob, refuseUnexpected, sha256Of } from "./checking.ts";
import { renewAfter } from "./grace.ts";
import type { Objects } from "./objects.ts";

export type Bucket = Pick<Blobs, "read" | "has" | "list" | "delete" | "ping"> & {
  /** Calls `send` to upload the blob unless the bucket has it, and renews the time of one that is there where that is old. */
  ensure(reference: BlobReference, send: () => Promise<void>): Promise<void>;
};

export const openBucket = (objects: Objects): Bucket => {
  /** Blobs that were found damaged: what is put next replaces them, though they have the right size. */
  const damaged = new Set<string>();
  async function* noting(content: AsyncIterable<Uint8Array>, sha256: string) {
    try {
      yield* checking(content, sha256);
    } catch (error) {
      if (error instanceof Fault && error.kind === "invalid") damaged.add(sha256);
      throw error;
    }
  }
  const has = async (sha256: string) => {
    demandSha256(sha256);
    return (await objects.find(sha256)) !== undefined;
  };
  return {
    has,
    async read(sha256, range) {
      if (range && range.start >= range.end) {
        if (!(await has(sha256))) throw noBlob(sha256);
        return new Blob().stream();
      }
      demandSha256(sha256);
      const content = await objects.content(sha256, range);
      return webStream(range ? content : noting(content, sha256));
    },
    async ensure({ sha256, bytes }, send) {
      const found = damaged.has(sha256) ? undefined : await objects.find(sha256);
      const isThere = found?.bytes === bytes;
      if (isThere && found.age < renewAfter) return;
      if (isThere && (await objects.renew(sha256, bytes))) return;
      await send();
      damaged.delete(sha256);
    },
    list: () => objects.list(),
    async delete(sha256, putBefore) {
      demandSha256(sha256);
      const found = await objects.find(sha256);
      if (!found || found.putAt >= putBefore) return false;
      await objects.delete(sha256);
      return true;
    },
    ping: () => objects.ping(),
  };
};

/** Blobs in a bucket, for who may keep no file: a blob is held in memory while it is put. */
export const openWithoutFiles = (bucket: Bucket, objects: Objects): Blobs => {
  const refuse = () => {
    throw new Fault("unavailable", "this process keeps no files of blobs; set BLOBS_CACHE");
  };
  return {
    ...bucket,
    async put(content, expected) {
      const whole = content instanceof Uint8Array ? new Uint8Array(content) : await gather(content);
      const reference = { sha256: sha256Of(whole), bytes: whole.byteLength };
      refuseUnexpected(reference.sha256, expected);
      await bucket.ensure(reference, () => objects.put(reference.sha256, whole));
      return reference;
    },
    bytes: async (sha256) => gather(await bucket.read(sha256)),
    file: async () => refuse(),
    placeOf: refuse,
  };
};

const gather = async (content: AsyncIterable<Uint8Array>) =>
  new Uint8Array(Buffer.concat(await Array.fromAsync(content)));
