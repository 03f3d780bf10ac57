import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { Fault } from "#shared/fault.ts";
import type { Signer } from "./context.ts";
import { isMadeBy } from "./key.ts";
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
  const signature =
    bytes <= largestInMemory
      ? await key.sign(await context.blobs.bytes(sha256))
      : await context.oneAtATime(() => signFile(context, path, sha256, key));
  if (!(await isMadeBy(signature, key.signer)))
    throw new Fault("unavailable", `signing ${sha256} gave no signature by ${key.signer}`);
  return signature;
};

const signFile = async (
  { gpg }: Pick<Signer, "gpg">,
  path: string,
  sha256: string,
  key: SigningKey,
) => {
  const [signature, found] = await Promise.all([gpg.sign(path, key), hashOf(path)]);
  if (found !== sha256)
    throw new Fault("unavailable", `blob ${sha256} changed while it was signed; it is not signed`);
  return signature;
};

const hashOf = async (path: string) => {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest("hex");
};
