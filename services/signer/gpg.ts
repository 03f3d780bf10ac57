import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Fault } from "#shared/fault.ts";
import { ifMissing } from "#shared/if-missing.ts";
import { type ProgramEnvironment, programsWith } from "#shared/run-program.ts";
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

type Options = {
  /** Opens an encrypted key. */
  readonly password: string | undefined;
  readonly now: () => number;
  /** Of an agent that holds keys. */
  readonly socket: string;
  readonly environment: ProgramEnvironment;
};

/**
 * Signs with gpg(1), by the agent at `socket` where the key is in that. Otherwise each signature has a home and an agent of its own, and both are gone before it is handed out;
 * where this process is killed, the agent ends by itself.
 */
export const connectGpg = async (
  directory: string,
  { password, now, socket, environment }: Options,
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
        await using _agent = inAgent ? undefined : await startAgent(home, environment);
        if (inAgent) await linkAgent(home, resolve(socket), environment);
        await runGpg({ home, environment, input: armoured }, ["--import"]);
        const output = join(home, "signature");
        await runGpg({ home, environment, input: `${password ?? ""}\n` }, [
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
const startAgent = async (
  home: string,
  environment: ProgramEnvironment,
): Promise<AsyncDisposable> => {
  const argv = ["--homedir", home, "--quiet", "--daemon", "--", "cat"];
  const agent = programsWith(environment)("gpg-agent", argv, { buffer: false, reject: false });
  agent.stdin.write("\n");
  const started = await Promise.race([once(agent.stdout, "data"), agent]);
  if ("failed" in started)
    throw new Fault("unavailable", "gpg-agent does not start; install gnupg", { cause: started });
  return {
    async [Symbol.asyncDispose]() {
      const killing = ["--homedir", home, "--kill", "gpg-agent"];
      await programsWith(environment)("gpgconf", killing, { reject: false });
      agent.stdin.end();
      await agent;
    },
  };
};

type Run = {
  readonly home: string;
  readonly environment: ProgramEnvironment;
  readonly input: string;
};

const runGpg = async ({ home, environment, input }: Run, argv: readonly string[]) => {
  const own = ["--homedir", home, "--batch", "--no-tty", "--quiet", "--no-autostart"];
  const { failed, message, stderr } = await programsWith(environment)("gpg", [...own, ...argv], {
    input,
    reject: false,
  });
  if (failed) throw new Fault("unavailable", `gpg cannot sign: ${stderr || message}`);
};

/** Homes of processes that were killed; a signature takes seconds. */
const removeLeftovers = async (homes: string, now: number) => {
  for (const name of await readdir(homes)) {
    if (!name.startsWith(prefix)) continue;
    const home = join(homes, name);
    // Another signer may have removed its own meanwhile.
    const found = await stat(home).catch(ifMissing);
    if (found && found.mtimeMs < now - minutes(10))
      await rm(home, { recursive: true, force: true });
  }
};
