import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inject } from "vitest";
import { secret } from "./kiln.ts";
import { runProgram } from "./program.ts";
import { makeScratch } from "./scratch.ts";

/**
 * Installs packages from a kiln into an empty root by the real pacman, which requires every signature to be
 * of the key that `/key` gives, there or where the api is; answers what is installed then that the kiln serves.
 */
export const installSigned = async (
  url: string,
  packages: readonly string[],
  keyFrom: string = url,
) => {
  await using scratch = await makeScratch();
  const keyring = join(scratch.path, "gnupg");
  const [root, state, cache] = ["root", "state", "cache"].map((it) => join(scratch.path, it));
  for (const path of [keyring, root, state, cache]) await mkdir(path ?? "", { mode: 0o700 });

  const key = join(scratch.path, "key.asc");
  const answer = await fetch(`${keyFrom}/key`, { headers: { authorization: secret } });
  await writeFile(key, await answer.text());
  const env = { GNUPGHOME: keyring };
  try {
    await runProgram("gpg", ["--batch", "--import", key], { env });
    const listing = await runProgram("gpg", ["--batch", "--list-keys", "--with-colons"], { env });
    const fingerprint = /^fpr:+(\w+):/m.exec(listing)?.[1] ?? "";
    const ownerTrust = join(scratch.path, "trust");
    await writeFile(ownerTrust, `${fingerprint}:6:\n`);
    await runProgram("gpg", ["--batch", "--import-ownertrust", ownerTrust], { env });

    const config = join(scratch.path, "pacman.conf");
    const mirror = inject("mirror").replace("{arch}", "x86_64");
    const official = ["core", "extra"].map(
      (name) => `[${name}]\nSigLevel = Never\nServer = ${mirror.replace("{repo}", name)}`,
    );
    await writeFile(
      config,
      [
        "[options]\nArchitecture = x86_64",
        `[serene]\nSigLevel = Required\nServer = ${url}/x86_64`,
        ...official,
        "",
      ].join("\n"),
    );
    const own = [
      ...["--root", root, "--dbpath", state, "--cachedir", cache, "--gpgdir", keyring],
      ...["--config", config, "--noconfirm"],
    ].flatMap((it) => it ?? []);
    await runProgram("pacman", [...own, "-Sy", ...packages]);
    const served = await runProgram("pacman", [...own, "-Slq", "serene"]);
    const installed = (await runProgram("pacman", [...own, "-Qq"])).split("\n");
    return served
      .split("\n")
      .filter((name) => name !== "" && installed.includes(name))
      .sort();
  } finally {
    await runProgram("gpgconf", ["--kill", "all"], { env });
  }
};
