import { randomInt } from "node:crypto";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { hashOf } from "#shared/secret.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

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
    await file.writeFile(`${await hashOf(secret)} made at the first start\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return secret;
};
