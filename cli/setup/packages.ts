import { readFile } from "node:fs/promises";
import { execa } from "execa";
import { Fault } from "#shared/fault.ts";
import { installCommands, type Program, packagesFor, parseDistribution } from "./distribution.ts";
import { runProgram, type Say } from "./run-program.ts";

export type Install = {
  /** False forbids what an administrator did not ask for; so does not being root. */
  readonly mayInstall: boolean;
  readonly say: Say;
  readonly signal?: AbortSignal | undefined;
};

/** Those of `programs` that the machine lacks. Daemons lie outside a user's PATH on Debian. */
export const missingPrograms = async (programs: readonly Program[]): Promise<Program[]> => {
  const look = 'PATH="$PATH:/usr/sbin"; for p; do command -v -- "$p" >/dev/null || echo "$p"; done';
  const { stdout } = await execa("sh", ["-c", look, "sh", ...programs]);
  const missing = new Set(stdout.split("\n"));
  return programs.filter((program) => missing.has(program));
};

/**
 * Installs what is missing of `programs` from the distribution.
 * Where it may not, `Fault` unavailable with the commands that somebody else can run.
 */
export const ensurePrograms = async (
  programs: readonly Program[],
  { mayInstall, say, signal }: Install,
) => {
  const missing = await missingPrograms(programs);
  if (missing.length === 0) return;

  const distribution = parseDistribution(await readFile("/etc/os-release", "utf8"));
  const wanted = packagesFor(missing, distribution);
  const commands = installCommands(wanted, distribution.manager);
  if (!mayInstall || !isRoot())
    throw new Fault("unavailable", howToInstall(missing, commands, isRoot()));

  say(`installing ${wanted.join(", ")} from ${distribution.name}`);
  for (const command of commands)
    await runProgram(command, { signal, environment: { DEBIAN_FRONTEND: "noninteractive" } });
};

export const isRoot = () => process.getuid?.() === 0;

export const howToInstall = (
  missing: readonly string[],
  commands: readonly (readonly string[])[],
  root: boolean,
) =>
  [
    `${missing.join(", ")} missing on this machine; install with`,
    ...commands.map((command) => `  ${root ? "" : "sudo "}${command.join(" ")}`),
  ].join("\n");
