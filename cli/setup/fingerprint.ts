import { existsSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";

/** Of the key that this kiln signs with, as gpg reads its file; undefined while it signs nothing. */
export const findFingerprint = async (dataDirectory: string, cancelSignal: AbortSignal) => {
  const key = join(dataDirectory, "sign_key.asc");
  if (!existsSync(key)) return undefined;
  const show = ["--batch", "--show-keys", "--with-colons", "--", key];
  const { stdout } = await execa("gpg", show, { cancelSignal });
  return /^fpr:+([0-9A-F]+):/m.exec(stdout)?.[1];
};
