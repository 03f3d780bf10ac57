import { randomInt } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { hashOf } from "#shared/secret.ts";
import { ifUnwritable } from "#shared/unwritable.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/**
 * Makes an API secret where none was ever authorised, and answers it: only its hash is kept.
 * Undefined where `authorized_secrets` is there already, empty or not.
 */
export const makeFirstSecret = async (dataDirectory: string): Promise<string | undefined> => {
  const unwritable = ifUnwritable(`the first secret cannot be written into ${dataDirectory}`);
  await mkdir(dataDirectory, { recursive: true }).catch(unwritable);
  const file = await open(join(dataDirectory, "authorized_secrets"), "wx", 0o600).catch(
    (error: NodeJS.ErrnoException) => (error.code === "EEXIST" ? undefined : unwritable(error)),
  );
  if (!file) return undefined;
  const secret = Array.from({ length: 64 }, () => alphabet[randomInt(alphabet.length)]).join("");
  try {
    await file.writeFile(`${await hashOf(secret)} made at the first start\n`);
    await file.sync();
  } catch (error) {
    // Otherwise kiln would accept a secret that was never shown.
    await rm(join(dataDirectory, "authorized_secrets"), { force: true });
    unwritable(error);
  } finally {
    await file.close();
  }
  return secret;
};
