import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "./program.ts";
import { makeScratch } from "./scratch.ts";

/** A real pacman that knows one repository and requires signatures by one key. */
export const makeSignedPacman = async (name: string, server: string, publicKey: string) => {
  const scratch = await makeScratch();
  const at = (path: string) => join(scratch.path, path);
  const [root, state, cache, keyring] = [at("root"), at("state"), at("cache"), at("gnupg")];
  for (const path of [root, state, cache]) await mkdir(path);
  await mkdir(keyring, { mode: 0o700 });
  await writeFile(at("key.asc"), publicKey);
  // libalpm looks for a keyring of this name; gpg takes an empty one as its own.
  await writeFile(join(keyring, "pubring.gpg"), "");
  const gpg = (...args: string[]) =>
    runProgram("gpg", ["--homedir", keyring, "--batch", "--quiet", ...args]);
  await gpg("--import", at("key.asc"));
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(await gpg("--list-keys", "--with-colons"))?.[1];
  await writeFile(at("trust"), `${fingerprint}:6:\n`);
  await gpg("--import-ownertrust", at("trust"));

  const lines = [
    "[options]",
    "Architecture = x86_64",
    "SigLevel = Required DatabaseRequired",
    `GPGDir = ${keyring}`,
    `[${name}]`,
    `Server = ${server}`,
  ];
  await writeFile(at("pacman.conf"), `${lines.join("\n")}\n`);
  const own = [
    "--root",
    root,
    "--dbpath",
    state,
    "--cachedir",
    cache,
    "--config",
    at("pacman.conf"),
  ];
  const privileged = process.getuid?.() === 0 ? [] : ["fakeroot", "--"];
  return {
    root,
    cache,
    /** Fails unless a file is signed by the key, by its `.sig`. */
    verify: (file: string) => gpg("--verify", `${file}.sig`, file),
    pacman: (...args: string[]) => {
      const [program = "", ...rest] = [...privileged, "pacman", ...own, "--noconfirm", ...args];
      return runProgram(program, rest, { env: { COLUMNS: "10000" } });
    },
    async [Symbol.asyncDispose]() {
      await runProgram("gpgconf", ["--homedir", keyring, "--kill", "all"]);
      await scratch[Symbol.asyncDispose]();
    },
  };
};
