import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Reads `authorized_secrets` anew each time, so that edits count at once. */
export const connectSecretsFile = (dataDirectory: string) => ({
  read: () => readFile(join(dataDirectory, "authorized_secrets"), "utf8"),
});
