import { statfs } from "node:fs/promises";
import { shareFor } from "#shared/single-flight.ts";
import { minutes, seconds } from "#shared/time.ts";
import { unlessRefused } from "#shared/unwritable.ts";
import type { Connection } from "./connection.ts";
import { runHelper } from "./helper.ts";
import { asFault } from "./refusal.ts";

/** How long an answer is used: of a file system that is seen here; where it takes a container; the same while nothing is built. */
const fresh = { here: seconds(1), building: seconds(10), idle: minutes(1) };

/** Free blocks, and their size in bytes. Source: stat(1). */
const script = "stat --file-system --format '%a %S' /";

/** Reads how many bytes the engine's file system has free: here where its directory is here, else in a container. */
export const openRoom = ({ docker, brief, url, limit }: Connection) => {
  const doing = "a look at its disk";
  const locate = shareFor(Number.POSITIVE_INFINITY, async () => {
    const { DockerRootDir } = await limit.request(doing, () => brief.info());
    return String(DockerRootDir);
  });
  const here = shareFor(fresh.here, async () => {
    // Of another host, or outside of the container that the builder is in.
    const found = await statfs(await locate()).catch((error: NodeJS.ErrnoException) =>
      error.code === "ENOENT" ? undefined : unlessRefused(error),
    );
    return found && found.bavail * found.bsize;
  });
  const ask = async (image: string) => {
    const text = await runHelper(docker, limit, {
      image,
      network: "none",
      script,
      purpose: "disk",
    });
    const [, blocks, size] = /^(\d+) (\d+)$/m.exec(text) ?? [];
    if (blocks === undefined) throw new Error(`stat(1) printed ${text}`);
    return Number(blocks) * Number(size);
  };
  const inContainer = new Map<string, () => Promise<number>>();

  return async (image: string, pace: "building" | "idle"): Promise<number> => {
    try {
      const found = await here();
      if (found !== undefined) return found;
      const key = `${pace} ${image}`;
      const asked = inContainer.get(key) ?? shareFor(fresh[pace], () => ask(image));
      inContainer.set(key, asked);
      return await asked();
    } catch (error) {
      throw asFault(error, url, doing);
    }
  };
};
