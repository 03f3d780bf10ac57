import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes a file that only its owner can read, whole or not at all. */
export const writePrivate = async (path: string, text: string) => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const beside = `${path}.${process.pid}`;
  try {
    await writeFile(beside, text, { mode: 0o600, flag: "wx", flush: true });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
};

/** Answers whether there was such a file. */
export const deleteFile = async (path: string) => {
  try {
    await rm(path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
};
