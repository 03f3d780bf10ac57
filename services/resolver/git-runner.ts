import { Fault } from "#shared/fault.ts";
import { type ProgramEnvironment, programsWith } from "#shared/run-program.ts";
import { SourceFault } from "./unusable.ts";

export type RunOptions = {
  readonly allowFile: boolean;
  /** Milliseconds one run of git may take. */
  readonly timeout: number;
  /** Bytes that git may write into one file, and that the files may have together. */
  readonly limit: number;
  /** Where programs are, and the way to other hosts. */
  readonly environment: ProgramEnvironment;
  /** Ends what is running. */
  readonly signal: AbortSignal;
};

/** Bytes that lists of names may have, and the lines between contents. */
const mostOverhead = 16 * 1024 * 1024;

/** What git prints of errors of the host that it runs on. Source: errno(3). */
const hostErrors =
  /No space left on device|Disk quota exceeded|Read-only file system|Cannot allocate memory|Too many open files/;

/** The server's own lines, which may name the same errors of the server, begin with "remote:". */
const isOfThisHost = (stderr: string) =>
  stderr.split("\n").some((line) => !line.startsWith("remote:") && hostErrors.test(line));

/**
 * Runs git(1) as for strangers: without the system's and the user's configuration, without hooks,
 * submodules, filters and questions, and over the transports named here alone.
 */
export const gitRunner = ({ allowFile, timeout, limit, environment, signal }: RunOptions) => {
  const env = {
    ...environment,
    GIT_ALLOW_PROTOCOL: ["http", "https", "git", "ssh", ...(allowFile ? ["file"] : [])].join(":"),
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "",
    SSH_ASKPASS: "",
    GIT_SSH_COMMAND: "ssh -oBatchMode=yes",
    LC_ALL: "C",
  };
  const settings = [
    "core.hooksPath=/dev/null",
    "core.bigFileThreshold=16m",
    "fetch.unpackLimit=1",
    "fetch.recurseSubmodules=false",
    "gc.auto=0",
    "maintenance.auto=false",
  ].flatMap((setting) => ["-c", setting]);

  /** `more` are variables of this run alone. */
  return async (
    what: string,
    args: readonly string[],
    { input = "", more = {} }: { input?: string; more?: ProgramEnvironment } = {},
  ) => {
    // timeout(1) ends git's helpers with it; they would go on, and keep their output open.
    const limits = ["--kill-after=1", `${timeout / 1_000}`, "prlimit", `--fsize=${limit}`];
    const argv = [...limits, "git", ...settings, ...args];
    const result = await programsWith({ ...env, ...more })("timeout", argv, {
      cwd: "/",
      input,
      cancelSignal: signal,
      reject: false,
      encoding: "buffer",
      maxBuffer: limit + mostOverhead,
      stripFinalNewline: false,
    });
    const stderr = Buffer.from(result.stderr ?? []).toString("utf8");
    if (!result.failed) return Buffer.from(result.stdout);
    if (result.exitCode === 124 || result.exitCode === 137)
      throw new SourceFault("unavailable", `${what}: no end within ${timeout / 1_000} s`);
    if (
      result.isMaxBuffer ||
      /signal 25|File too large|^fatal: fetch-pack: invalid index-pack output$/.test(stderr.trim())
    )
      throw new SourceFault("invalid", `${what}: it is larger than ${limit} bytes`);
    const said = stderr.trim() || (result.shortMessage ?? "it failed");
    const message = `${what}: ${said.slice(0, 4_000)}`;
    // timeout(1) exits with 125 to 127 where it cannot start a program; without an exit code, nothing was started.
    const isStarted = result.exitCode !== undefined && ![125, 126, 127].includes(result.exitCode);
    if (!isStarted || isOfThisHost(stderr))
      throw new Fault("unavailable", message, { cause: result.cause });
    throw new SourceFault(isAbsent.test(stderr) ? "missing" : "unavailable", message, {
      cause: result.cause,
    });
  };
};

/** What git prints where the server answered that it has no such repository, or no such ref. */
const isAbsent =
  /^fatal: (repository '.*' not found|remote error: access denied or repository not exported|couldn't find remote ref)/m;
