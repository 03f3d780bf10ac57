import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "./program.ts";
import { makeScratch } from "./scratch.ts";

/** Makes a pacman repository `name` of a folder's packages by repo-add(8), signed with a new key. */
export const signRepository = async (folder: string, name: string, packages: readonly string[]) => {
  await using home = await makeScratch();
  const env = { GNUPGHOME: home.path };
  const gpg = (...args: string[]) => runProgram("gpg", ["--batch", ...args], { env });
  try {
    await gpg("--passphrase", "", "--quick-gen-key", "A <a@example.org>", "ed25519", "sign");
    for (const file of packages) await gpg("--detach-sign", join(folder, file));
    await runProgram("repo-add", ["--sign", `${name}.db.tar.gz`, ...packages], {
      cwd: folder,
      env,
    });
    await writeFile(join(folder, "key.asc"), await gpg("--armor", "--export"));
    const listing = await gpg("--list-keys", "--with-colons");
    return { key: "key.asc", fingerprint: /^fpr:+(\w+):/m.exec(listing)?.[1] ?? "" };
  } finally {
    await runProgram("gpgconf", ["--kill", "all"], { env });
  }
};
