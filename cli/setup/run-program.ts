import { execa } from "execa";
import { Fault } from "#shared/fault.ts";

export type Say = (line: string) => void;

export type Run = {
  /** Hears each line of standard output. */
  readonly say?: Say;
  readonly signal?: AbortSignal | undefined;
  readonly directory?: string;
  /** Added to the environment. */
  readonly environment?: Readonly<Record<string, string>>;
};

/** How many of its last lines a failed program is quoted with. */
const quoted = 20;

/**
 * Runs a program to its end, without a terminal's input. It has a process group of its own, so that
 * Ctrl-C reaches it through `signal` alone and with all its children; those that do not end in 3 s
 * are killed. `Fault` unavailable with its last lines when it fails, or is not there.
 */
export const runProgram = async (
  [program, ...args]: readonly [string, ...string[]],
  { say, signal, directory, environment }: Run = {},
) => {
  signal?.throwIfAborted();
  const child = execa(program, args, {
    all: true,
    detached: true,
    reject: false,
    stdin: "ignore",
    ...(directory !== undefined && { cwd: directory }),
    ...(environment && { env: environment }),
  });
  const end = () => {
    if (child.pid !== undefined) stopGroup(child.pid);
  };
  signal?.addEventListener("abort", end, { once: true });
  try {
    if (say) for await (const line of child.iterable({ from: "stdout" })) say(line);
    const { all, exitCode, shortMessage } = await child;
    signal?.throwIfAborted();
    if (exitCode === 0) return;
    const last = all.trimEnd().split("\n").slice(-quoted).join("\n");
    throw new Fault("unavailable", `${shortMessage ?? program}\n${last}`);
  } finally {
    signal?.removeEventListener("abort", end);
  }
};

const stopGroup = (leader: number) => {
  signalGroup(leader, "SIGTERM");
  setTimeout(() => signalGroup(leader, "SIGKILL"), 3_000).unref();
};

const signalGroup = (leader: number, signal: NodeJS.Signals) => {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
};

/** Whether a signal found no process (ESRCH of kill(2)). */
export const isGone = (error: unknown) =>
  error instanceof Error && "code" in error && error.code === "ESRCH";
