import { Fault } from "#shared/fault.ts";
import type { BlobReference } from "#shared/model.ts";
import { shareRunning } from "#shared/single-flight.ts";
import type { Blobs } from "./blobs.ts";
import type { Bucket } from "./bucket.ts";
import type { Copies } from "./copies.ts";

/** Blobs in a bucket, each with a copy on this host once it was read whole or put here. */
export const openWithCopies = (
  bucket: Bucket,
  { files, used }: Copies,
  upload: (path: string, reference: BlobReference) => Promise<void>,
): Blobs => {
  const share = shareRunning<void>();
  const fetchCopy = async (sha256: string) => {
    const { bytes } = await files.put(await bucket.read(sha256), sha256);
    await used(sha256, bytes);
  };
  const file: Blobs["file"] = async (sha256) => {
    const found = await files.file(sha256).catch(ifUseless);
    if (!found) await share(sha256, () => fetchCopy(sha256));
    else await used(sha256);
    return found ?? files.file(sha256);
  };
  return {
    ...bucket,
    async put(content, expected) {
      const reference = await files.put(content, expected);
      await bucket.ensure(reference, () => upload(files.placeOf(reference.sha256), reference));
      await used(reference.sha256, reference.bytes);
      return reference;
    },
    async bytes(sha256) {
      await file(sha256);
      return files.bytes(sha256);
    },
    async read(sha256, range) {
      if (range) return bucket.read(sha256, range);
      await file(sha256);
      return files.read(sha256);
    },
    file,
    placeOf: files.placeOf,
    /** Copies on other hosts go like other copies: those that no process has read for longest first. */
    async delete(sha256, putBefore) {
      const isDeleted = await bucket.delete(sha256, putBefore);
      if (isDeleted) await files.delete(sha256, Number.POSITIVE_INFINITY);
      return isDeleted;
    },
    async ping() {
      await bucket.ping();
      await files.ping();
    },
  };
};

/** A copy that is not there, or damaged, is fetched. */
const ifUseless = (error: unknown) => {
  if (error instanceof Fault && (error.kind === "missing" || error.kind === "invalid"))
    return undefined;
  throw error;
};
