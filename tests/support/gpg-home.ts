import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "./program.ts";
import { makeScratch } from "./scratch.ts";

/** A keyring of real gpg, whose agent goes with it. */
export const makeGpgHome = async () => {
  const scratch = await makeScratch();
  const gpg = (...args: string[]) =>
    runProgram("gpg", ["--homedir", scratch.path, "--batch", "--quiet", ...args]);
  return {
    path: scratch.path,
    gpg,
    /** Makes a key and gives its fingerprint. */
    async make(
      algorithm: string,
      usage: string,
      { expiry = "never", password = "", at = "" } = {},
    ) {
      await gpg(
        ...["--pinentry-mode", "loopback", "--passphrase", password],
        ...(at ? ["--faked-system-time", at] : []),
        ...["--quick-gen-key", "Judge <judge@example.org>", algorithm, usage, expiry],
      );
      const listed = await gpg("--list-keys", "--with-colons");
      return /^fpr:+([0-9A-F]{40}):/m.exec(listed)?.[1] ?? "";
    },
    secretKey: (password = "") =>
      gpg(
        ...["--pinentry-mode", "loopback", "--passphrase", password],
        ...["--armor", "--export-secret-keys"],
      ),
    /** With the certificate that gpg prepares along with each key. */
    async revoke(fingerprint: string) {
      const path = join(scratch.path, "openpgp-revocs.d", `${fingerprint}.rev`);
      const disarmed = await readFile(path, "utf8");
      await writeFile(path, disarmed.replace(":-----BEGIN", "-----BEGIN"));
      await gpg("--import", path);
    },
    async [Symbol.asyncDispose]() {
      await runProgram("gpgconf", ["--homedir", scratch.path, "--kill", "gpg-agent"]);
      await scratch[Symbol.asyncDispose]();
    },
  };
};
