import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { bundle } from "#shared/runtime.ts";
import { secret } from "./kiln.ts";

/** The command line as the package `kiln-cli` has it, under the machine's own Node. */
export const installCommandLine = async (directory: string, url: string) => {
  const script = join(directory, "kiln.mjs");
  await writeFile(script, await bundle("cli/kiln.ts", ["*/start.ts"]));
  return (...commandLine: readonly string[]) =>
    execa("node", [script, ...commandLine], {
      env: { KILN_URL: url, KILN_SECRET: secret, HOME: directory },
      reject: false,
    });
};
