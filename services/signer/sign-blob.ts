import { createHash } from "node:crypto";
import { open, stat } from "node:fs/promises";
import pLimit, { type LimitFunction } from "p-limit";
import type { Blobs } from "#shared/blobs/blobs.ts";
import { Fault } from "#shared/fault.ts";
import type { Gpg } from "./gpg.ts";
import { isMadeBy } from "./key.ts";
import type { SigningKey } from "./keyring.ts";

/** Bytes up to which a blob is signed from memory. */
const largestInMemory = 16 * 1024 * 1024;

/** Signs exactly the bytes that have the hash: a damaged blob gets no signature. */
export type SignBlob = (sha256: string, key: SigningKey) => Promise<Uint8Array>;

/** Signs small blobs from memory, and large ones by gpg, one at a time. */
export const openBlobSigner = (blobs: Blobs, gpg: Gpg): SignBlob => {
  const oneAtATime = pLimit(1);
  return (sha256, key) => signBlob({ blobs, gpg, oneAtATime }, sha256, key);
};

type Parts = {
  readonly blobs: Blobs;
  readonly gpg: Gpg;
  readonly oneAtATime: LimitFunction;
};

const signBlob = async (
  { blobs, gpg, oneAtATime }: Parts,
  sha256: string,
  key: SigningKey,
): Promise<Uint8Array> => {
  const { path, bytes } = await findFile(blobs, sha256);
  const signature =
    bytes <= largestInMemory && !key.inAgent
      ? await key.sign(await blobs.bytes(sha256))
      : await oneAtATime(() => signFile({ blobs, gpg }, path, sha256, key));
  if (!(await isMadeBy(signature, key.signer)))
    throw new Fault("unavailable", `signing ${sha256} gave no signature by ${key.signer}`);
  return signature;
};

/** As it lies there, where it does: its bytes are checked while they are signed. */
const findFile = async (blobs: Blobs, sha256: string) => {
  const path = blobs.placeOf(sha256);
  const found = await stat(path).catch(() => undefined);
  return found ? { path, bytes: found.size } : blobs.file(sha256);
};

const signFile = async (
  { blobs, gpg }: Pick<Parts, "blobs" | "gpg">,
  path: string,
  sha256: string,
  key: SigningKey,
) => {
  const [signature, found] = await Promise.all([gpg.sign(path, key), hashOf(path)]);
  if (found === sha256) return signature;
  // Says so where it is damaged for good.
  await blobs.file(sha256);
  throw new Fault("unavailable", `blob ${sha256} changed while it was signed; it is not signed`);
};

/** Into one buffer: pieces of their own would be held until they are collected. */
const hashOf = async (path: string) => {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(512 * 1024);
  await using file = await open(path);
  for (;;) {
    const { bytesRead } = await file.read(buffer);
    if (bytesRead === 0) return hash.digest("hex");
    hash.update(buffer.subarray(0, bytesRead));
  }
};
