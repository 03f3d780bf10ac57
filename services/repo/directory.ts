import { constants } from "node:fs";
import {
  access,
  chmod,
  copyFile,
  link,
  mkdir,
  open,
  readdir,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import type { Blobs } from "#shared/blobs/blobs.ts";
import { ifMissing } from "#shared/if-missing.ts";
import { ifUnwritable, unlessRefused } from "#shared/unwritable.ts";
import type { Files, ServedFile } from "./served-files.ts";

/**
 * `DATA_DIR/repository`: files under pacman's names, each of which is whole at any moment. Packages lie there
 * themselves. Databases lie in a folder for each generation, and their names there are links through one link,
 * `current`, so that all of them change in one step.
 */
export type Directory = {
  /** Puts a package file or its signature in its place, unless it is there already. */
  put(name: string, file: ServedFile, blobs: Blobs): Promise<void>;
  /** Puts a generation's databases into its folder. */
  putGeneration(number: number, databases: Files, blobs: Blobs): Promise<void>;
  /** Makes a generation the current one, whose folder is there; `links` are names and the files in it that they stand for. */
  showGeneration(number: number, links: ReadonlyMap<string, string>): Promise<void>;
  /** The numbers of the generations that have a folder. */
  generations(): Promise<number[]>;
  removeGeneration(number: number): Promise<void>;
  remove(name: string): Promise<void>;
  /** Resolves when files can be made in it. */
  check(): Promise<void>;
};

const prefix = ".kiln-";

/** The link to the folder of the generation that is shown. */
const current = "current";

export const openDirectory = async (
  dataDirectory: string,
  newId: () => string,
): Promise<Directory> => {
  const root = join(dataDirectory, "repository");
  const unwritable = ifUnwritable(`the repository's files cannot be written into ${root}`);
  // Any web server and pacman's file:// read here, whatever the umask is. Of an existing one the permissions stay.
  if (await mkdir(root, { recursive: true }).catch(unwritable)) await chmod(root, 0o755);
  const incoming = await findIncoming(dataDirectory, root, newId());
  for (const folder of [root, incoming])
    for (const name of await readdir(folder))
      if (name.startsWith(prefix)) await rm(join(folder, name), { force: true });

  const folderOf = (number: number) => join("generation", String(number));
  const replace = async (name: string, make: (temporary: string) => Promise<void>) => {
    const temporary = join(incoming, `${prefix}${newId()}`);
    try {
      await make(temporary);
      await rename(temporary, join(root, name));
    } finally {
      await rm(temporary, { force: true });
    }
  };
  const put = async (name: string, file: ServedFile, blobs: Blobs) => {
    if (await isThere(join(root, name), file, blobs)) return;
    await replace(name, (temporary) => write(temporary, file, blobs));
  };
  const point = async (name: string, target: string) => {
    const found = await readlink(join(root, name)).catch(ifNoLink);
    if (found !== target) await replace(name, (temporary) => symlink(target, temporary));
  };

  return {
    put: (name, file, blobs) => put(name, file, blobs).catch(unwritable),
    async putGeneration(number, databases, blobs) {
      try {
        for (const folder of ["generation", folderOf(number)])
          if (await mkdir(join(root, folder), { recursive: true }))
            await chmod(join(root, folder), 0o755);
        for (const [name, file] of databases) await put(join(folderOf(number), name), file, blobs);
      } catch (error) {
        unwritable(error);
      }
    },
    async showGeneration(number, links) {
      try {
        await point(current, folderOf(number));
        for (const [name, target] of links) await point(name, join(current, target));
      } catch (error) {
        unwritable(error);
      }
    },
    async generations() {
      const names = (await readdir(join(root, "generation")).catch(ifMissing)) ?? [];
      return names.filter((name) => /^[1-9]\d*$/.test(name)).map(Number);
    },
    removeGeneration: (number) =>
      rm(join(root, folderOf(number)), { recursive: true, force: true }).catch(unwritable),
    remove: (name) => rm(join(root, name), { force: true }).catch(unwritable),
    check: () => access(root, constants.W_OK),
  };
};

/**
 * Where files are written before they are renamed to their places: beside the repository, so that whatever copies it
 * meets whole files alone, and in it where that is a file system of its own.
 */
const findIncoming = async (dataDirectory: string, root: string, id: string) => {
  const beside = join(dataDirectory, "repository-incoming");
  const [probe, moved] = [join(beside, `${prefix}${id}`), join(root, `${prefix}${id}`)];
  const move = async () => {
    await mkdir(beside, { recursive: true, mode: 0o700 });
    await writeFile(probe, "");
    await rename(probe, moved).catch(ifElsewhere);
    return (await stat(moved).catch(ifMissing)) ? beside : root;
  };
  // The next write reports a full or read-only disk; until then the repo serves the files that are there.
  const found = await move().catch(unlessRefused);
  for (const path of [probe, moved]) await rm(path, { force: true }).catch(unlessRefused);
  return found ?? root;
};

const ifElsewhere = (error: NodeJS.ErrnoException) => {
  if (error.code !== "EXDEV") throw error;
};

/** Packages are links to their blobs. Databases have times of their own, which pacman goes by, so they are copies. */
const write = async (path: string, file: ServedFile, blobs: Blobs) => {
  if (file.content.kind === "signature")
    return dated(path, file, Buffer.from(file.content.base64, "base64"));
  const blob = await fileOf(file.content.sha256, blobs);
  const linked = file.kind === "package" && (await link(blob, path).then(() => true, unlinkable));
  if (linked) return;
  await copyFile(blob, path, constants.COPYFILE_FICLONE);
  await dated(path, file);
};

/** Its file where it has one here, unchecked as pacman checks it; else one is fetched. */
const fileOf = async (sha256: string, blobs: Blobs) => {
  const place = blobs.placeOf(sha256);
  return (await stat(place).catch(ifMissing)) ? place : (await blobs.file(sha256)).path;
};

const dated = async (path: string, { modifiedAt }: ServedFile, content?: Uint8Array) => {
  const file = await open(path, content ? "wx" : "r");
  try {
    if (content) await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(path, 0o644);
  await utimes(path, modifiedAt / 1_000, modifiedAt / 1_000);
};

/** A link to its blob, or a copy of its size and time. */
const isThere = async (place: string, file: ServedFile, blobs: Blobs) => {
  const found = await stat(place).catch(ifMissing);
  if (!found) return false;
  const { content, modifiedAt } = file;
  if (file.kind === "package" && content.kind === "blob" && found.nlink > 1) {
    const blob = await stat(blobs.placeOf(content.sha256)).catch(ifMissing);
    if (blob?.ino === found.ino && blob.dev === found.dev) return true;
  }
  const bytes =
    content.kind === "blob" ? content.bytes : Buffer.byteLength(content.base64, "base64");
  return found.size === bytes && Math.floor(found.mtimeMs) === modifiedAt;
};

/** A file of another kind, as earlier versions of kiln left them, or none. */
const ifNoLink = (error: NodeJS.ErrnoException) => {
  if (error.code !== "EINVAL" && error.code !== "ENOENT") throw error;
  return undefined;
};

/** Another file system, or one without links. */
const unlinkable = (error: NodeJS.ErrnoException) => {
  if (!["EXDEV", "EPERM", "EMLINK", "ENOTSUP", "ENOSYS"].includes(error.code ?? "")) throw error;
  return false;
};
