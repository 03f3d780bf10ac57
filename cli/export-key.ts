import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The armoured public key that gpg(1) of this user has; undefined: gpg has none, or there is no gpg. */
export const exportKey = async (fingerprint: string): Promise<string | undefined> => {
  const exported = await run("gpg", ["--batch", "--armor", "--export", "--", fingerprint], {
    maxBuffer: 16 * 1024 ** 2,
  }).catch(() => undefined);
  return exported?.stdout || undefined;
};
