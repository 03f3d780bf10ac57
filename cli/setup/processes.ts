import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { pause } from "#shared/pause.ts";
import { isGone } from "./run-program.ts";

/** The process a pid file names, if there is such a file. */
export const readPid = async (file: string) => {
  const text = await readFile(file, "utf8").catch(() => "");
  return /^[1-9]\d*\s*$/.test(text) ? Number(text) : undefined;
};

/** Whether a process runs, and as `program` where given. A zombie does not. Reads proc(5). */
export const isRunning = (pid: number, program?: string) => {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return false;
  }
  const field = (name: string) => new RegExp(`^${name}:\\t(.*)$`, "m").exec(status)?.[1];
  return !field("State")?.startsWith("Z") && (program === undefined || field("Name") === program);
};

/** Ends a process: SIGTERM, and after `patience` milliseconds SIGKILL. */
export const endProcess = async (pid: number, patience: number) => {
  const gone = () => !isRunning(pid);
  if (!send(pid, "SIGTERM")) return;
  if (await until(gone, { milliseconds: patience })) return;
  send(pid, "SIGKILL");
  await until(gone, { milliseconds: 1_000 });
};

const send = (pid: number, signal: NodeJS.Signals) => {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
};

export type Patience = {
  readonly milliseconds: number;
  readonly signal?: AbortSignal | undefined;
  /** Gives up early when this no longer holds. */
  readonly while?: () => boolean;
};

/** Asks every 25 ms until it is so; false when that took too long, or will not come. */
export const until = async (
  isSo: () => boolean | Promise<boolean>,
  { milliseconds, signal, while: hope = () => true }: Patience,
) => {
  const end = performance.now() + milliseconds;
  while (!(await isSo())) {
    if (signal?.aborted || performance.now() > end || !hope()) return false;
    await pause(25);
  }
  return true;
};
