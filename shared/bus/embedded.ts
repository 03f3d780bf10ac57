import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ifMissing } from "#shared/if-missing.ts";
import { pause, within } from "#shared/pause.ts";
import type { ProgramEnvironment } from "#shared/run-program.ts";
import type { Log } from "#shared/service/log.ts";
import { ifUnwritable } from "#shared/unwritable.ts";
import { exitOf, launchServer } from "./embedded-server.ts";

export type EmbeddedNats = AsyncDisposable & {
  /** With the token that keeps others of this host out. */
  readonly url: string;
};

type Options = {
  /** For JetStream's files; one kiln at a time may have it. */
  readonly directory: string;
  readonly log: Log;
  /** What nats-server gets of kiln's variables. */
  readonly environment: ProgramEnvironment;
  readonly program?: string;
};

/** Milliseconds from a polite end to a forced one. */
const grace = 1_500;

/**
 * A nats-server of our own on 127.0.0.1, restarted on its port when it dies by itself.
 * What it confirmed is written, and survives the death of either process. It is synced to disk every two
 * minutes (nats-server 2.9 has no setting for that): what a power cut takes, the services say again.
 */
export const startEmbeddedNats = async ({
  directory,
  log,
  environment,
  program = defaultProgram(),
}: Options): Promise<EmbeddedNats> => {
  const home = resolve(directory);
  const unwritable = ifUnwritable(`nats-server's files cannot be written into ${home}`);
  const token = await prepare(home).catch(unwritable);

  const first = await launchServer({ program, home, port: -1, log, environment });
  const { port } = first;
  let { child } = first;
  const stopping = new AbortController();
  const { signal } = stopping;
  const keepUp = async () => {
    while (true) {
      await exitOf(child);
      if (signal.aborted) return;
      log.error("nats-server died", { exitCode: child.exitCode, signal: child.signalCode });
      await pause(250, signal);
      if (signal.aborted) return;
      try {
        ({ child } = await launchServer({ program, home, port, log, environment }));
      } catch (error) {
        log.error("nats-server did not start again", { error });
      }
      if (signal.aborted) child.kill("SIGKILL");
    }
  };
  const ended = keepUp();

  return {
    url: `nats://${token}@127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      child.kill("SIGTERM");
      if (!(await within(grace, ended))) child.kill("SIGKILL");
      await ended;
    },
  };
};

/** Debian keeps it where only root's PATH looks. */
const defaultProgram = () => {
  const path = "/usr/sbin/nats-server";
  return existsSync(path) ? path : "nats-server";
};

/** Makes its directory and its configuration, and gives the token that it asks for. */
const prepare = async (home: string) => {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const token = await tokenIn(join(home, "token"));
  await writeFile(join(home, "nats-server.conf"), configOf(home, token), { mode: 0o600 });
  return token;
};

/** Stays the same: a second kiln that finds the lock taken must not have changed it. */
const tokenIn = async (path: string) => {
  const token = randomBytes(24).toString("hex");
  try {
    await writeFile(path, token, { flag: "wx", mode: 0o600 });
    return token;
  } catch (error) {
    const kept = await readFile(path, "utf8").catch(ifMissing);
    if (kept === undefined) throw error;
    if (kept.length === token.length) return kept;
    await writeFile(path, token);
    return token;
  }
};

/**
 * Memory is for ordered consumers alone. Without a number for files, nats-server would set aside what streams may take of
 * what the disk has free, and refuse to make them on a small one.
 */
const configOf = (home: string, token: string) =>
  `jetstream { store_dir: ${JSON.stringify(home)}, max_memory_store: 64MB, max_file_store: 16GB }
authorization { token: "${token}" }
`;
