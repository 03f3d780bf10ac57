import { expect, test } from "vitest";
import { withheldBlobs } from "#shared/blobs/withheld.ts";
import { Fault } from "#shared/fault.ts";

const refusal = new Fault(
  "unavailable",
  "files lie in ./data/blobs, which may not be read here: set BLOBS_URL to an s3://… that all services share",
);

test("whoever wants a blob that may not be read is told what to set", async () => {
  const blobs = withheldBlobs("./data/blobs");
  const sha256 = "0".repeat(64);

  await expect(blobs.put(new Uint8Array())).rejects.toEqual(refusal);
  await expect(blobs.bytes(sha256)).rejects.toEqual(refusal);
  await expect(blobs.read(sha256)).rejects.toEqual(refusal);
  await expect(blobs.has(sha256)).rejects.toEqual(refusal);
  await expect(blobs.file(sha256)).rejects.toEqual(refusal);
  expect(() => blobs.placeOf(sha256)).toThrow(refusal);
  expect(() => blobs.list()).toThrow(refusal);
  await expect(blobs.delete(sha256, 0)).rejects.toEqual(refusal);
  await blobs.ping();
});
