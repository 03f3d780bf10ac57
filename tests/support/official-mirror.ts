import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeDatabase } from "#shared/pacman/database-frame.ts";
import { makeEntry } from "./entry.ts";

/** Package names with the .PKGINFO lines that matter. */
export type Listed = Readonly<Record<string, readonly string[]>>;

/** Writes the databases of an official mirror; answers its SYNC_MIRROR. */
export const writeMirror = async (
  directory: string,
  { core = {}, extra = {}, multilib = {} }: { core?: Listed; extra?: Listed; multilib?: Listed },
) => {
  for (const [repository, listed] of Object.entries({ core, extra, multilib })) {
    const folder = join(directory, repository, "os", "x86_64");
    await mkdir(folder, { recursive: true });
    const entries = Object.entries(listed).map(([name, lines]) => makeEntry(name, lines));
    await writeFile(join(folder, `${repository}.db`), encodeDatabase(entries, "db"));
  }
  return `file://${directory}/{repo}/os/{arch}`;
};
