import { randomUUID } from "node:crypto";
import { mkdir, readdir, readlink, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { ofOthers, takeRights } from "#shared/close-to-others.ts";
import { days } from "#shared/time.ts";

/** What this process writes has this in its name: process ids start anew in each container. */
const run = randomUUID();

/** Other users may not read sources and logs; an administrator may give a group to directories that services of several users share. */
export const closed = 0o770;

/** Names of files to write, from one opening; one that failed is tried again. */
export const lazyIncoming = (root: string) => {
  let opened: ReturnType<typeof openIncoming> | undefined;
  const open = async () => {
    await mkdir(root, { recursive: true, mode: closed });
    await takeRights(root, ofOthers);
    return openIncoming(join(root, "incoming"));
  };
  return async () => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return (await opened)();
  };
};

/** Names for files that are being written. What processes that died left half written is removed. */
const openIncoming = async (directory: string) => {
  await mkdir(directory, { recursive: true });
  const space = `${hostname()},${await readlink("/proc/self/ns/pid").catch(() => "")}`;
  const next = () => join(directory, [space, process.pid, run, randomUUID()].join(","));
  for (const name of await abandonedIn(directory, space, next()))
    await rm(join(directory, name), { force: true });
  return next;
};

/** Of this space, those whose process is gone; of others, by the file system's clock, those a day old. */
const abandonedIn = async (directory: string, space: string, probe: string) => {
  await writeFile(probe, "");
  const { mtimeMs: now } = await stat(probe);
  await rm(probe);
  const names = await readdir(directory);
  const judged = await Promise.all(
    names.map(async (name) => {
      if (name.startsWith(`${space},`)) return isAbandoned(name.slice(space.length + 1));
      const found = await stat(join(directory, name)).catch(() => undefined);
      return found !== undefined && found.mtimeMs < now - days(1);
    }),
  );
  return names.filter((_, index) => judged[index]);
};

const isAbandoned = (name: string) => {
  const [pid, itsRun] = name.split(",");
  if (Number(pid) === process.pid) return itsRun !== run;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    // EPERM: it lives, under another user.
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
};
