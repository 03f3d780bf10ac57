import { createHash } from "node:crypto";
import { Fault } from "#shared/fault.ts";

export const demandSha256 = (sha256: string) => {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Fault("invalid", `${sha256} is not a sha256`);
};

export const refuseUnexpected = (sha256: string, expected: string | undefined) => {
  if (expected !== undefined && sha256 !== expected)
    throw new Fault("invalid", `content hashes to ${sha256}, expected ${expected}`);
};

export const sha256Of = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");

/** The same content; it fails at its end where its bytes are not the hash's. */
export async function* checking(content: AsyncIterable<Uint8Array>, sha256: string) {
  const hash = createHash("sha256");
  for await (const chunk of content) {
    hash.update(chunk);
    yield chunk;
  }
  refuseDamaged(sha256, hash.digest("hex"));
}

export const refuseDamaged = (sha256: string, found: string) => {
  if (found !== sha256)
    throw new Fault("invalid", `blob ${sha256} is damaged: its content hashes to ${found}`);
};

export const noBlob = (sha256: string) =>
  new Fault("missing", `the blob store has no blob ${sha256}`);
