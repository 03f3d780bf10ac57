import { createHash, randomInt } from "node:crypto";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** What `authorized_secrets` holds of a secret: base64 of its sha256. */
export const hashOf = (secret: string) => createHash("sha256").update(secret).digest("base64");

/**
 * Makes an API secret where none was ever authorised, and answers it: only its hash is kept.
 * Undefined where `authorized_secrets` is there already, empty or not.
 */
export const makeFirstSecret = async (dataDirectory: string): Promise<string | undefined> => {
  await mkdir(dataDirectory, { recursive: true });
  const file = await open(join(dataDirectory, "authorized_secrets"), "wx", 0o600).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
      return undefined;
    },
  );
  if (!file) return undefined;
  const secret = Array.from({ length: 64 }, () => alphabet[randomInt(alphabet.length)]).join("");
  try {
    await file.writeFile(`${hashOf(secret)} made at the first start\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return secret;
};
