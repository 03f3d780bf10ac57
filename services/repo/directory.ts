import { constants } from "node:fs";
import {
  access,
  chmod,
  copyFile,
  link,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  utimes,
} from "node:fs/promises";
import { join } from "node:path";
import type { Blobs } from "#shared/blobs/blobs.ts";
import { ifMissing } from "#shared/if-missing.ts";
import { ifUnwritable } from "#shared/unwritable.ts";
import type { ServedFile } from "./served-files.ts";

/** `DATA_DIR/repository`: plain files under pacman's names. Each is whole at any moment. */
export type Directory = {
  /** Puts a file in its place, unless it is there already. */
  put(name: string, file: ServedFile, blobs: Blobs): Promise<void>;
  remove(name: string): Promise<void>;
  /** Resolves when files can be made in it. */
  check(): Promise<void>;
};

const prefix = ".kiln-";

export const openDirectory = async (
  dataDirectory: string,
  newId: () => string,
): Promise<Directory> => {
  const root = join(dataDirectory, "repository");
  const unwritable = ifUnwritable(`the repository's files cannot be written into ${root}`);
  // Any web server and pacman's file:// read here, whatever the umask is. Of an existing one the permissions stay.
  if (await mkdir(root, { recursive: true }).catch(unwritable)) await chmod(root, 0o755);
  for (const name of await readdir(root))
    if (name.startsWith(prefix)) await rm(join(root, name), { force: true });

  return {
    async put(name, file, blobs) {
      const place = join(root, name);
      const temporary = join(root, `${prefix}${newId()}`);
      try {
        if (await isThere(place, file, blobs)) return;
        await write(temporary, file, blobs);
        await rename(temporary, place);
      } catch (error) {
        unwritable(error);
      } finally {
        await rm(temporary, { force: true }).catch(unwritable);
      }
    },
    remove: (name) => rm(join(root, name), { force: true }).catch(unwritable),
    check: () => access(root, constants.W_OK),
  };
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

/** Another file system, or one without links. */
const unlinkable = (error: NodeJS.ErrnoException) => {
  if (!["EXDEV", "EPERM", "EMLINK", "ENOTSUP", "ENOSYS"].includes(error.code ?? "")) throw error;
  return false;
};
