import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { Fault } from "#shared/fault.ts";
import type { Signer } from "./context.ts";
import type { SigningKey } from "./keyring.ts";

/** Bytes up to which a blob is signed from memory. */
export const largestInMemory = 16 * 1024 * 1024;

/** Signs exactly the bytes that have the hash: a damaged blob gets no signature. */
export const signBlob = async (
  context: Pick<Signer, "blobs" | "gpg" | "oneAtATime">,
  sha256: string,
  key: SigningKey,
): Promise<Uint8Array> => {
  const { path, bytes } = await context.blobs.file(sha256);
  if (bytes <= largestInMemory) return key.sign(await context.blobs.bytes(sha256));
  return context.oneAtATime(async () => {
    const [signature, found] = await Promise.all([context.gpg.sign(path, key), hashOf(path)]);
    if (found !== sha256)
      throw new Fault(
        "unavailable",
        `blob ${sha256} changed while it was signed; it is not signed`,
      );
    return signature;
  });
};

const hashOf = async (path: string) => {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest("hex");
};
