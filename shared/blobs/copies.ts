import { mkdir, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ifMissing } from "#shared/if-missing.ts";
import { minutes } from "#shared/time.ts";
import { ifUnwritable } from "#shared/unwritable.ts";
import type { Blobs } from "./blobs.ts";
import { type Copy, chooseLeaving } from "./choose-copies.ts";
import { openDirectory } from "./directory.ts";

/** Files that can be fetched again, within a limit. Several processes may share a directory of them. */
export type Copies = {
  readonly files: Blobs;
  /** Says that one is wanted now; with `added`, the bytes it came with: those wanted longest ago may go for them. */
  used(sha256: string, added?: number): Promise<void>;
};

/** Milliseconds within which a copy that is wanted again is not noted again. */
const noteEvery = minutes(1);

export const openCopies = (directory: string, limit: number, now: () => number): Copies => {
  const files = openDirectory(directory, { durable: false });
  /** An empty file for each copy, whose time is when it was wanted: a copy with another time would be checked anew. */
  const noteOf = (sha256: string) => join(directory, "used", sha256);
  const noted = new Map<string, number>();
  /** Bytes that came since the directory was looked at. */
  let unseen = Number.POSITIVE_INFINITY;
  let tidying: Promise<void> | undefined;

  const note = async (sha256: string) => {
    const at = now();
    if (Math.abs(at - (noted.get(sha256) ?? 0)) < noteEvery) return;
    await touch(noteOf(sha256), at).catch(ifUnwritable(`no blob can be noted in ${directory}`));
    noted.set(sha256, at);
  };

  const tidy = async () => {
    unseen = 0;
    noted.clear();
    const copies = await list(directory, noteOf);
    for (const sha256 of chooseLeaving(copies, limit * 0.95, now())) {
      await rm(files.placeOf(sha256), { force: true });
      await rm(noteOf(sha256), { force: true });
    }
  };

  return {
    files,
    async used(sha256, added = 0) {
      await note(sha256);
      unseen += added;
      if (added === 0 || unseen < limit * 0.05) return;
      tidying ??= tidy().finally(() => {
        tidying = undefined;
      });
      await tidying;
    },
  };
};

const touch = async (path: string, at: number) => {
  const time = at / 1_000;
  const done = await utimes(path, time, time).then(() => true, ifMissing);
  if (done) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, "");
  await utimes(path, time, time);
};

/** What another process takes away meanwhile is left out. */
const list = async (directory: string, noteOf: (sha256: string) => string) => {
  const copies: Copy[] = [];
  for (const folder of await readdir(directory)) {
    if (!/^[0-9a-f]{2}$/.test(folder)) continue;
    for (const sha256 of await readdir(join(directory, folder))) {
      const file = await stat(join(directory, folder, sha256)).catch(ifMissing);
      if (!file) continue;
      const usedAt = (await stat(noteOf(sha256)).catch(ifMissing))?.mtimeMs ?? file.mtimeMs;
      copies.push({ sha256, bytes: file.size, links: file.nlink, usedAt });
    }
  }
  return copies;
};
