import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

/**
 * Of the key that this kiln signs with, as gpg reads its file; undefined while it signs nothing.
 * gpg is kept from the user's own directory, and from starting an agent that would outlive it.
 */
export const findFingerprint = async (dataDirectory: string, cancelSignal: AbortSignal) => {
  const key = join(dataDirectory, "sign_key.asc");
  if (!existsSync(key)) return undefined;
  const home = await mkdtemp(join(tmpdir(), "kiln-gpg-"));
  try {
    const { stdout } = await execa(
      "gpg",
      [
        ...["--homedir", home, "--no-autostart", "--batch"],
        ...["--show-keys", "--with-colons", "--", key],
      ],
      { cancelSignal },
    );
    return /^fpr:+([0-9A-F]+):/m.exec(stdout)?.[1];
  } finally {
    await rm(home, { recursive: true, force: true });
  }
};
