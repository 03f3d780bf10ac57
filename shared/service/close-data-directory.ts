import { chmod, mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { ofAllButOwner, takeRights } from "#shared/close-to-others.ts";
import { ifMissing } from "#shared/if-missing.ts";
import { unlessRefused } from "#shared/unwritable.ts";

/** What kiln keeps in `DATA_DIR`, but for `repository` and an agent's socket. */
const kept =
  /^(authorized_secrets|bin|blob-cache|blobs|docker|gnupg|mirror|nats|repository-incoming|sign_key\.asc|state\.db.*|work)$/;

/** Others pass through to `repository`, and list nothing. */
const passable = 0o711;

/**
 * Makes `DATA_DIR`, or corrects one that an earlier version made: other users reach `repository` there, which any web
 * server and pacman's `file://` read, and nothing else. From what is there, permissions are only taken away.
 */
export const closeDataDirectory = async (directory: string) => {
  if (!(await stat(directory).catch(ifMissing))) {
    // What needs the directory reports that it is not there; a service that needs none starts without it.
    const made = await mkdir(directory, { recursive: true }).then(() => true, unlessRefused);
    if (!made) return;
    await chmod(directory, passable);
  }
  await takeRights(directory, ofAllButOwner & ~passable);
  for (const name of await readdir(directory))
    if (kept.test(name)) await takeRights(join(directory, name), ofAllButOwner);
};
