import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "./program.ts";

/** A file system of so many MiB, on a loop device, that goes away with its scope. */
export const mountSmallDisk = async (path: string, megabytes: number) => {
  const image = `${path}.ext4`;
  await mkdir(path);
  await runProgram("truncate", ["--size", `${megabytes}M`, image]);
  // No blocks are kept for root, as whom the tests run.
  await runProgram("/usr/sbin/mkfs.ext4", ["-q", "-m", "0", image]);
  // With delayed allocation (ext4(5)) some of what was full is free again after a while.
  const mounted = runProgram("mount", ["--options", "loop,nodelalloc", image, path]);
  // Where there are no loop devices, as in some containers, memory serves.
  await mounted.catch(() =>
    runProgram("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", path]),
  );
  const filler = join(path, "filler");
  return {
    /** Leaves no room at all: where a large piece has none, a small one may. */
    async fill() {
      const file = await open(filler, "w");
      for (const bytes of [256 * 1024, 4 * 1024, 1]) await untilFull(file, new Uint8Array(bytes));
      await file.close();
    },
    empty: () => rm(filler),
    async [Symbol.asyncDispose]() {
      await runProgram("umount", ["--lazy", path]);
      await rm(image);
    },
  };
};

const untilFull = async (file: FileHandle, piece: Uint8Array) => {
  try {
    for (;;) await file.write(piece);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
  }
  await file.sync();
};
