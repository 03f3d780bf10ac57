import { chmod, stat } from "node:fs/promises";
import { ifMissing } from "./if-missing.ts";
import { unlessRefused } from "./unwritable.ts";

/** All permissions of users other than the owner and the group. */
export const ofOthers = 0o007;

/** All permissions of users other than the owner. */
export const ofAllButOwner = 0o077;

/**
 * Takes permissions away from a file or a directory: `rights` is their mask. What is not there, what another user owns
 * and what a file system keeps as it is (a read-only mount, one without modes) stay as they are.
 */
export const takeRights = async (path: string, rights: number) => {
  const found = await stat(path).catch(ifMissing);
  if (!found || (found.mode & rights) === 0 || found.uid !== process.getuid?.()) return;
  await chmod(path, found.mode & 0o7777 & ~rights).catch(unlessRefused);
};
