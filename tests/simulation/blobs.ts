import { createHash } from "node:crypto";
import type { Blobs } from "#shared/blobs/blobs.ts";
import { Fault } from "#shared/fault.ts";
import { webStream } from "#shared/web-stream.ts";

type Kept = { readonly content: Uint8Array<ArrayBuffer>; readonly putAt: number };

/** A blob store in memory, which all processes of a run share. It never waits. `deleted` is called after each deletion. */
export const openBlobs = (now: () => number, deleted: (sha256: string) => void): Blobs => {
  const kept = new Map<string, Kept>();
  const demand = (sha256: string) => {
    const content = kept.get(sha256)?.content;
    if (!content) throw new Fault("missing", `no blob ${sha256}`);
    return content;
  };

  return {
    async put(content, expected) {
      const chunks: Uint8Array[] = [];
      if (content instanceof Uint8Array) chunks.push(content);
      else for await (const chunk of content) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      const sha256 = sha256Of(bytes);
      if (expected !== undefined && sha256 !== expected)
        throw new Fault("invalid", `content hashes to ${sha256}, expected ${expected}`);
      kept.set(sha256, { content: bytes, putAt: now() });
      return { sha256, bytes: bytes.byteLength };
    },
    bytes: async (sha256) => demand(sha256).slice(),
    async read(sha256, range) {
      const content = demand(sha256).slice(range?.start, range?.end);
      return webStream(once(content));
    },
    has: async (sha256) => kept.has(sha256),
    file: async (sha256) => ({ path: `/blobs/${sha256}`, bytes: demand(sha256).byteLength }),
    placeOf: (sha256) => `/blobs/${sha256}`,
    async *list() {
      for (const [sha256, { content, putAt }] of [...kept])
        yield { sha256, bytes: content.byteLength, putAt };
    },
    async delete(sha256, putBefore) {
      const found = kept.get(sha256);
      if (!found || found.putAt >= putBefore) return false;
      kept.delete(sha256);
      deleted(sha256);
      return true;
    },
    ping: async () => {},
  };
};

export const sha256Of = (content: Uint8Array | string) =>
  createHash("sha256").update(content).digest("hex");

async function* once(content: Uint8Array) {
  yield content;
}
