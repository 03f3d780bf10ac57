import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Fault } from "#shared/fault.ts";
import type { ProgramEnvironment } from "#shared/run-program.ts";
import type { Log } from "#shared/service/log.ts";
import { seconds } from "#shared/time.ts";

export type Launch = {
  readonly program: string;
  /** Where `nats-server.conf` is; the lock is made there. */
  readonly home: string;
  /** -1 stands for one that is free. */
  readonly port: number;
  readonly log: Log;
  readonly environment: ProgramEnvironment;
};

export type NatsServer = { readonly child: ChildProcess; readonly port: number };

/** Of flock(1): the lock is held by another (our choice), the program does not start (sysexits.h). */
const exitCodes = { locked: 75, unavailable: 69 };

/** How long a server killed by its owner's death may still hold the lock, and one may take to start. */
const patience = { lockSeconds: 2, ready: seconds(10) };

/**
 * Starts a server that no key of the terminal reaches, and that dies with us, however we die.
 * The lock is its own: while it lives, nobody else opens its store.
 */
export const launchServer = async ({
  program,
  home,
  port,
  log,
  environment,
}: Launch): Promise<NatsServer> => {
  const child = spawn(
    "setpriv",
    [
      ...["--pdeathsig", "KILL", "--"],
      ...["flock", "-F", "-w", `${patience.lockSeconds}`, "-E", `${exitCodes.locked}`],
      ...[join(home, "lock"), program],
      ...["-c", join(home, "nats-server.conf"), "-a", "127.0.0.1", "-p", `${port}`],
    ],
    { detached: true, stdio: ["ignore", "ignore", "pipe"], env: { ...environment } },
  );
  const lines = createInterface({ input: child.stderr });
  const said: string[] = [];
  const listening = new Promise<number>((resolve) => {
    let found = port;
    lines.on("line", (line) => {
      tell(log, line);
      if (said.length < 50) said.push(line);
      found = Number(/Listening for client connections on \S+:(\d+)/.exec(line)?.[1] ?? found);
      if (line.includes("Server is ready")) resolve(found);
    });
  });
  const failed = once(child, "exit").then(
    ([code]) => Promise.reject(refusal(code, program, home, said)),
    (cause: unknown) => {
      throw new Fault("unavailable", "setpriv is not installed: install util-linux", { cause });
    },
  );
  const tooLate = setTimeout(() => child.kill("SIGKILL"), patience.ready);
  try {
    return { child, port: await Promise.race([listening, failed]) };
  } finally {
    clearTimeout(tooLate);
  }
};

export const exitOf = async (child: ChildProcess) => {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
};

const refusal = (code: unknown, program: string, home: string, said: readonly string[]) => {
  if (code === exitCodes.locked)
    return new Fault(
      "conflict",
      `another kiln is running on ${home}: stop it, or set DATA_DIR to another directory`,
    );
  if (code === exitCodes.unavailable)
    return new Fault(
      "unavailable",
      `${program} is not installed: install the package nats-server, or set NATS_URL`,
    );
  if (said.some((line) => /no space left on device/i.test(line)))
    return new Fault(
      "unavailable",
      `nats-server's files cannot be written into ${home} (ENOSPC); mend that`,
    );
  return new Fault("unavailable", `${program} did not start: ${said.join("\n")}`);
};

/** `[pid] date time [LVL] text` */
const tell = (log: Log, line: string) => {
  const [, level, text] = /\[([A-Z]{3})\] (.*)$/.exec(line) ?? [];
  if (level === "INF" || level === "DBG") return;
  if (level === "ERR" || level === "FTL") log.error("nats-server reports", { text });
  else log.warn("nats-server reports", { text: text ?? line });
};
