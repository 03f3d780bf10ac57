import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { Fault } from "#shared/fault.ts";
import { minutes } from "#shared/time.ts";
import type { SigningKey } from "./keyring.ts";

export type Gpg = {
  /** Detached, binary, SHA-512; holds nothing of the file in memory. */
  sign(path: string, key: SigningKey): Promise<Uint8Array>;
};

/** An agent's socket must fit into 108 bytes, see unix(7), and is named in its home. */
const longestHome = 80;

/**
 * Signs with gpg(1). Each signature has a home and an agent of its own, and both are gone before it is handed out:
 * an agent that is given a command ends with it, also where this process is killed.
 */
export const connectGpg = async (
  directory: string,
  password: string | undefined,
  now: () => number,
): Promise<Gpg> => {
  const homes = resolve(directory).length > longestHome ? tmpdir() : resolve(directory);
  await mkdir(homes, { recursive: true, mode: 0o700 });
  await removeLeftovers(homes, now());

  return {
    async sign(path, { armoured, signer }) {
      const home = await mkdtemp(join(homes, prefix));
      const gpg = (argv: readonly string[], input: string) => runGpg(home, argv, input);
      try {
        await gpg(["--import"], armoured);
        const argv = ["--pinentry-mode", "loopback", "--passphrase-fd", "0", "--local-user"];
        return await gpg(
          [
            ...argv,
            `${signer}!`,
            "--digest-algo",
            "SHA512",
            "--output",
            "-",
            "--detach-sign",
          ].concat("--", resolve(path)),
          `${password ?? ""}\n`,
        );
      } finally {
        await execa("gpgconf", ["--homedir", home, "--kill", "gpg-agent"], { reject: false });
        await rm(home, { recursive: true, force: true });
      }
    },
  };
};

const prefix = "kiln-gpg-";

const runGpg = async (home: string, argv: readonly string[], input: string) => {
  const gpg = ["gpg", "--homedir", home, "--batch", "--no-tty", "--quiet"];
  const { stdout, stderr, failed, message } = await execa(
    "gpg-agent",
    ["--homedir", home, "--quiet", "--daemon", "--", ...gpg, ...argv],
    { input, encoding: "buffer", reject: false, env: { LC_ALL: "C" } },
  ).catch(notInstalled);
  if (failed)
    throw new Fault("unavailable", `gpg cannot sign: ${Buffer.from(stderr) || String(message)}`);
  return stdout;
};

const notInstalled = (cause: unknown): never => {
  throw new Fault("unavailable", "gpg cannot be started; install gnupg", { cause });
};

/** Homes of processes that were killed; a signature takes seconds. */
const removeLeftovers = async (homes: string, now: number) => {
  for (const name of await readdir(homes)) {
    if (!name.startsWith(prefix)) continue;
    const home = join(homes, name);
    const { mtimeMs } = await stat(home);
    if (mtimeMs < now - minutes(10)) await rm(home, { recursive: true, force: true });
  }
};
