import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "./program.ts";

/** A file system of its own in memory, of so many MiB, that goes away with its scope. */
export const mountSmallDisk = async (path: string, megabytes: number) => {
  await mkdir(path);
  await runProgram("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", path]);
  const filler = join(path, "filler");
  return {
    /** Leaves no room at all. */
    async fill() {
      const file = await open(filler, "w");
      const page = new Uint8Array(256 * 1024);
      try {
        for (;;) await file.write(page);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
      } finally {
        await file.close();
      }
    },
    empty: () => rm(filler),
    [Symbol.asyncDispose]: async () => void (await runProgram("umount", ["--lazy", path])),
  };
};
