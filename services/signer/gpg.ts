import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { Fault } from "#shared/fault.ts";
import { minutes } from "#shared/time.ts";
import { ifUnwritable } from "#shared/unwritable.ts";
import { linkAgent } from "./agent.ts";
import type { SigningKey } from "./keyring.ts";

export type Gpg = {
  /** Detached, binary, SHA-512; holds nothing of the file in memory. */
  sign(path: string, key: SigningKey): Promise<Uint8Array>;
};

/** An agent's socket must fit into 108 bytes, see unix(7), and is named in its home. */
const longestHome = 80;

/**
 * Signs with gpg(1), by the agent at `socket` where the key is in that. Otherwise each signature has a home and an agent of its own, and both are gone before it is handed out;
 * where this process is killed, the agent ends by itself.
 */
export const connectGpg = async (
  directory: string,
  password: string | undefined,
  now: () => number,
  socket: string,
): Promise<Gpg> => {
  const homes = resolve(directory).length > longestHome ? tmpdir() : resolve(directory);
  const unwritable = ifUnwritable(`gpg's files cannot be written into ${homes}`);
  await mkdir(homes, { recursive: true, mode: 0o700 });
  await removeLeftovers(homes, now());

  return {
    async sign(path, { armoured, inAgent, signer }) {
      await removeLeftovers(homes, now());
      const home = await mkdtemp(join(homes, prefix)).catch(unwritable);
      try {
        await using _agent = inAgent ? undefined : await startAgent(home);
        if (inAgent) await linkAgent(home, resolve(socket));
        await runGpg(home, armoured, ["--import"]);
        const output = join(home, "signature");
        await runGpg(home, `${password ?? ""}\n`, [
          ...["--pinentry-mode", "loopback", "--passphrase-fd", "0", "--digest-algo", "SHA512"],
          ...["--local-user", `${signer}!`, "--output", output, "--detach-sign"],
          ...["--", resolve(path)],
        ]);
        return await readFile(output);
      } finally {
        await rm(home, { recursive: true, force: true });
      }
    },
  };
};

const prefix = "kiln-gpg-";

/** An agent ends with the command it is given, see gpg-agent(1): here with one that reads from us until we end. */
const startAgent = async (home: string): Promise<AsyncDisposable> => {
  const argv = ["--homedir", home, "--quiet", "--daemon", "--", "cat"];
  const agent = execa("gpg-agent", argv, { buffer: false, reject: false });
  agent.stdin.write("\n");
  const started = await Promise.race([once(agent.stdout, "data"), agent]);
  if ("failed" in started)
    throw new Fault("unavailable", "gpg-agent does not start; install gnupg", { cause: started });
  return {
    async [Symbol.asyncDispose]() {
      await execa("gpgconf", ["--homedir", home, "--kill", "gpg-agent"], { reject: false });
      agent.stdin.end();
      await agent;
    },
  };
};

const runGpg = async (home: string, input: string, argv: readonly string[]) => {
  const own = ["--homedir", home, "--batch", "--no-tty", "--quiet", "--no-autostart"];
  const options = { input, reject: false, env: { LC_ALL: "C" } } as const;
  const { failed, message, stderr } = await execa("gpg", [...own, ...argv], options);
  if (failed) throw new Fault("unavailable", `gpg cannot sign: ${stderr || message}`);
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
