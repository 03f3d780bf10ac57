import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Runs a program in plain English, UTF-8 and UTC, and gives what it says; fails when it does. */
export const runProgram = async (
  program: string,
  args: readonly string[],
  { cwd, env = {} }: { cwd?: string; env?: Record<string, string> } = {},
) => {
  const { stdout } = await promisify(execFile)(program, args, {
    cwd,
    env: { ...process.env, LC_ALL: "C.UTF-8", TZ: "UTC", ...env },
    maxBuffer: 1 << 28,
  });
  return stdout;
};
