import { createHash } from "node:crypto";
import { type BigIntStats, createReadStream } from "node:fs";
import {
  chmod,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  statfs,
  utimes,
  writeFile,
} from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Fault } from "#shared/fault.ts";
import { ifMissing } from "#shared/if-missing.ts";
import { ifUnwritable } from "#shared/unwritable.ts";
import { webStream } from "#shared/web-stream.ts";
import type { Blobs, ListedBlob } from "./blobs.ts";
import {
  checking,
  demandSha256,
  noBlob,
  refuseDamaged,
  refuseUnexpected,
  sha256Of,
} from "./checking.ts";
import { renewAfter } from "./grace.ts";
import { closed, lazyIncoming } from "./incoming.ts";
import { openLeaving } from "./leaving.ts";

/** How many blobs are remembered as checked. */
const memory = 10_000;

/** Bytes of room without which no blob is waited for. */
const leastFree = 64 * 1024 * 1024;

/**
 * Blobs as files `<directory>/<first two digits>/<sha256>`.
 * A blob is written beside its place, synced, and renamed; after a crash it is whole or not there
 * (without `durable`, it may be damaged, which is noticed).
 * The directory is made at the first write: who only reads needs no right to it.
 */
export const openDirectory = (path: string, { durable = true } = {}): Blobs => {
  const root = resolve(path);
  const newIncoming = lazyIncoming(root);
  const unwritable = ifUnwritable(`no blob can be written into ${root}`);

  const placeOf = (sha256: string) => {
    demandSha256(sha256);
    return join(root, sha256.slice(0, 2), sha256);
  };
  const leaving = openLeaving(join(root, "leaving"), placeOf);
  const find = async (sha256: string) => {
    const look = () => stat(placeOf(sha256), { bigint: true }).catch(ifMissing);
    const found = await look();
    if (found) return found;
    await leaving.restore(sha256);
    // The process that was deleting it may have put it back itself.
    return look();
  };
  const demand = async (sha256: string) => {
    const found = await find(sha256);
    if (!found) throw noBlob(sha256);
    return found;
  };

  /** Blobs whose bytes were checked, and the state of the file then. */
  const checked = new Map<string, string>();
  const remember = (sha256: string, found: BigIntStats) => {
    checked.set(sha256, stateOf(found));
    const [oldest] = checked.keys();
    if (checked.size > memory && oldest) checked.delete(oldest);
  };
  const check = async (sha256: string, found: BigIntStats) => {
    if (checked.get(sha256) === stateOf(found)) return;
    for await (const _ of checking(createReadStream(placeOf(sha256)), sha256));
    remember(sha256, found);
  };
  const isWhole = async (sha256: string) => {
    const found = await find(sha256);
    if (!found) return false;
    // One that another process moves aside meanwhile is as good as not there: a put then writes the blob anew.
    const whole = await check(sha256, found)
      .then(() => true, ifDamaged)
      .catch(ifMissing);
    return whole === true;
  };
  /** Tries twice: another process may have moved the blob aside since the look, and puts back what it may not delete. */
  const reading = async <T>(sha256: string, act: (found: BigIntStats) => Promise<T>) => {
    const first = await act(await demand(sha256)).then((value) => ({ value }), ifMissing);
    return first ? first.value : act(await demand(sha256));
  };

  return {
    async put(content, expected) {
      const incoming = await newIncoming().catch(unwritable);
      try {
        const reference = await write(incoming, content, durable);
        const { sha256 } = reference;
        refuseUnexpected(sha256, expected);
        const place = placeOf(sha256);
        const stays = (await isWhole(sha256)) && (await renew(place, incoming, durable));
        if (!stays) await moveTo(place, incoming, durable);
        remember(sha256, await demand(sha256));
        return reference;
      } catch (error) {
        return unwritable(error);
      } finally {
        await rm(incoming, { force: true });
      }
    },

    async bytes(sha256) {
      const content = await reading(sha256, () => readFile(placeOf(sha256)));
      refuseDamaged(sha256, sha256Of(content));
      return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
    },

    async read(sha256, range) {
      await demand(sha256);
      const place = placeOf(sha256);
      if (!range) return webStream(checking(createReadStream(place), sha256));
      if (range.start >= range.end) return new Blob().stream();
      return webStream(createReadStream(place, { start: range.start, end: range.end - 1 }));
    },

    has: async (sha256) => (await find(sha256)) !== undefined,

    async file(sha256) {
      const size = await reading(sha256, async (found) => {
        await check(sha256, found);
        return found.size;
      });
      return { path: placeOf(sha256), bytes: Number(size) };
    },

    placeOf,

    async *list() {
      await leaving.restoreAll();
      yield* listIn(root);
    },

    async delete(sha256, putBefore) {
      const found = await find(sha256);
      if (!found || Number(found.mtimeMs) >= putBefore) return false;
      return leaving.remove(sha256, putBefore).catch(unwritable);
    },

    async ping() {
      const probe = await newIncoming().catch(unwritable);
      await writeFile(probe, "").catch(unwritable);
      await rm(probe);
      const { bavail, bsize } = await statfs(root);
      const left = bavail * bsize;
      if (left < leastFree)
        throw new Fault(
          "unavailable",
          `${root} has ${Math.floor(left / 1024 ** 2)} MiB left, expected at least 64; make room there`,
        );
    },
  };
};

const stateOf = ({ ino, size, mtimeNs, ctimeNs }: BigIntStats) =>
  [ino, size, mtimeNs, ctimeNs].join(" ");

const write = async (
  path: string,
  content: AsyncIterable<Uint8Array> | Uint8Array,
  durable: boolean,
) => {
  const hash = createHash("sha256");
  let bytes = 0;
  const file = await open(path, "wx");
  try {
    for await (const chunk of content instanceof Uint8Array ? [content] : content) {
      hash.update(chunk);
      bytes += chunk.byteLength;
      await file.appendFile(chunk);
    }
    if (durable) await file.sync();
  } finally {
    await file.close();
  }
  await chmod(path, 0o444);
  return { sha256: hash.digest("hex"), bytes };
};

/**
 * Gives a blob the time of the file that was just written beside it, so by the file system's clock, where the blob's own
 * is old. False: another process has deleted the blob meanwhile.
 */
const renew = async (place: string, written: string, durable: boolean) => {
  const [there, { mtimeMs: now }] = await Promise.all([
    stat(place).catch(ifMissing),
    stat(written),
  ]);
  if (!there) return false;
  if (now - there.mtimeMs < renewAfter) return true;
  const renewed = await utimes(place, now / 1_000, now / 1_000).then(() => true, ifMissing);
  if (!renewed || !durable) return renewed === true;
  return (await sync(place).then(() => true, ifMissing)) === true;
};

async function* listIn(root: string): AsyncGenerator<ListedBlob> {
  for (const folder of (await readdir(root).catch(ifMissing)) ?? []) {
    if (!/^[0-9a-f]{2}$/.test(folder)) continue;
    for (const sha256 of await readdir(join(root, folder))) {
      const found = await stat(join(root, folder, sha256)).catch(ifMissing);
      if (found) yield { sha256, bytes: found.size, putAt: found.mtimeMs };
    }
  }
}

const moveTo = async (place: string, written: string, durable: boolean) => {
  const folder = dirname(place);
  const made = await mkdir(folder, { recursive: true, mode: closed });
  await rename(written, place);
  if (!durable) return;
  await sync(folder);
  if (made) await sync(dirname(folder));
};

const sync = async (path: string) => {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const ifDamaged = (error: unknown) => {
  if (!(error instanceof Fault)) throw error;
  return false;
};
