import { readdir, readFile } from "node:fs/promises";
import { execa } from "execa";
import { inject } from "vitest";

/** Command lines of running programs that name this directory. */
export const programsIn = async (directory: string) => {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return lines.map((line) => line.replaceAll("\0", " ")).filter((line) => line.includes(directory));
};

/** How many containers of the tests' engine are for builds of these packages. */
export const containersOf = async (packages: readonly string[]) => {
  const { stdout } = await execa("docker", [
    ...["-H", inject("dockerUrl"), "ps", "--all", "--format", '{{.Label "kiln.pkgbase"}}'],
  ]);
  return stdout.split("\n").filter((pkgbase) => packages.includes(pkgbase)).length;
};
