import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Fault } from "#shared/fault.ts";
import { webStream } from "#shared/web-stream.ts";
import type { Blobs } from "./blobs.ts";

/**
 * Blobs as files `<directory>/<first two digits>/<sha256>`.
 * A blob is written beside its place, synced, and renamed; after a crash it is whole or not there.
 */
export const openDirectory = async (path: string): Promise<Blobs> => {
  const root = resolve(path);
  const incoming = join(root, "incoming");
  await mkdir(incoming, { recursive: true });
  await removeOld(incoming);

  /** Blobs whose bytes were checked, and the state of the file then. */
  const checked = new Map<string, string>();
  const placeOf = (sha256: string) => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Fault("invalid", `${sha256} is not a sha256`);
    return join(root, sha256.slice(0, 2), sha256);
  };
  const lookUp = async (sha256: string) => {
    const found = await stat(placeOf(sha256), { bigint: true }).catch(ifMissing);
    if (!found) throw new Fault("missing", `no blob ${sha256}`);
    return found;
  };

  const blobs: Blobs = {
    async put(content, expected) {
      const temporary = join(incoming, randomUUID());
      const file = await open(temporary, "wx", 0o444);
      const hash = createHash("sha256");
      let bytes = 0;
      try {
        for await (const chunk of content instanceof Uint8Array ? [content] : content) {
          hash.update(chunk);
          bytes += chunk.byteLength;
          await file.writeFile(chunk);
        }
        const sha256 = hash.digest("hex");
        if (expected !== undefined && sha256 !== expected)
          throw new Fault("invalid", `content hashes to ${sha256}, expected ${expected}`);
        await file.sync();
        await chmod(temporary, 0o444);
        const place = placeOf(sha256);
        await mkdir(join(place, ".."), { recursive: true });
        await rename(temporary, place);
        await syncDirectory(join(place, ".."));
        return { sha256, bytes };
      } finally {
        await file.close();
        await rm(temporary, { force: true });
      }
    },

    async bytes(sha256) {
      await lookUp(sha256);
      const content = await readFile(placeOf(sha256));
      refuseUnless(sha256, createHash("sha256").update(content).digest("hex"));
      return new Uint8Array(content);
    },

    async read(sha256, range) {
      await lookUp(sha256);
      const path = placeOf(sha256);
      const stream = range
        ? createReadStream(path, { start: range.start, end: range.end - 1 })
        : checking(createReadStream(path), sha256);
      return webStream(stream);
    },

    has: async (sha256) => (await stat(placeOf(sha256)).catch(ifMissing)) !== undefined,

    async file(sha256) {
      const found = await lookUp(sha256);
      const state = `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
      if (checked.get(sha256) !== state) {
        for await (const _ of checking(createReadStream(placeOf(sha256)), sha256));
        checked.set(sha256, state);
      }
      return { path: placeOf(sha256), bytes: Number(found.size) };
    },

    placeOf,
  };
  return blobs;
};

const refuseUnless = (sha256: string, found: string) => {
  if (found !== sha256)
    throw new Fault("unavailable", `blob ${sha256} is damaged: its content hashes to ${found}`);
};

async function* checking(content: AsyncIterable<Uint8Array>, sha256: string) {
  const hash = createHash("sha256");
  for await (const chunk of content) {
    hash.update(chunk);
    yield chunk;
  }
  refuseUnless(sha256, hash.digest("hex"));
}

/** What a process that died left half written. */
const removeOld = async (incoming: string) => {
  const anHourAgo = performance.timeOrigin - 3_600_000;
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name);
    const found = await stat(path).catch(ifMissing);
    if (found && found.mtimeMs < anHourAgo) await rm(path, { force: true });
  }
};

const syncDirectory = async (path: string) => {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
};

const ifMissing = (error: NodeJS.ErrnoException) => {
  if (error.code !== "ENOENT") throw error;
  return undefined;
};
