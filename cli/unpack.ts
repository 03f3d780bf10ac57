import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { Fault } from "#shared/fault.ts";
import { membersOf } from "#shared/tar-members.ts";

/**
 * Writes the files of a tar into a directory that is empty or not there yet, and gives their paths. Links come last, so
 * that no file is written through one.
 */
export const unpackInto = async (directory: string, tar: AsyncIterable<Uint8Array>) => {
  const there = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new Fault("conflict", `${directory} cannot be read: ${error.message}`, { cause: error });
  });
  if (there.length > 0)
    throw new Fault("conflict", `${directory} is not empty: expected a new directory`);
  await mkdir(directory, { recursive: true });

  const paths: string[] = [];
  const links: { readonly path: string; readonly target: string }[] = [];
  for await (const { name, type, mode, target, content } of membersOf(tar)) {
    const path = join(directory, name);
    if (type === "symlink" && target) links.push({ path, target });
    if (type !== "file") continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, await buffer(content), { mode, flag: "wx" });
    paths.push(path);
  }
  for (const { path, target } of links) {
    await mkdir(dirname(path), { recursive: true });
    await symlink(target, path);
    paths.push(path);
  }
  return paths;
};
