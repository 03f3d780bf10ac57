import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { bundle } from "#shared/runtime.ts";
import { minutes } from "#shared/time.ts";
import { makeDataDirectory, pkgbuildOf, secret, startKiln } from "../support/kiln.ts";

/** The command line as the package `kiln-cli` has it, under the machine's own Node. */
const installCommandLine = async (directory: string, url: string) => {
  const script = join(directory, "kiln.mjs");
  await writeFile(script, await bundle("cli/kiln.ts", ["*/start.ts"]));
  return (...commandLine: readonly string[]) =>
    execa("node", [script, ...commandLine], {
      env: { KILN_URL: url, KILN_SECRET: secret, HOME: directory },
      reject: false,
    });
};

test(
  "a package is added, followed, listed, built again, read and removed from the command line",
  async () => {
    await using data = await makeDataDirectory();
    await using kiln = await startKiln(data.path);
    const run = await installCommandLine(data.path, kiln.url);
    const pkgbuild = join(data.path, "PKGBUILD");
    await writeFile(pkgbuild, pkgbuildOf("told", [], "echo heard-from-the-container"));

    const added = await run("add", "--pkgbuild", pkgbuild, "--follow");
    const listed = await run("list");
    const again = await run("build", "told", "--wait");
    const forced = await run("build", "told", "--force", "--follow");
    const log = await run("logs", "told");
    const removed = await run("remove", "told");
    const unknown = await run("info", "told");

    expect(added.stdout).toContain("heard-from-the-container");
    expect(added.stdout).toMatch(/told 1\S*: success after .* s$/);
    expect(listed.stdout).toMatch(/^told +1\S* +success +/m);
    expect(again.stdout).toBe("told: nothing to build, it is up to date");
    expect(forced.stdout).toContain("heard-from-the-container");
    expect(log.stdout).toContain("heard-from-the-container");
    expect(removed.stdout).toBe("removed told");
    expect(unknown.stderr).toMatch(/^kiln: package with base told is not added/);
    const codes = [added, listed, again, forced, log, removed, unknown].map((it) => it.exitCode);
    expect(codes).toEqual([0, 0, 0, 0, 0, 0, 3]);
  },
  minutes(3),
);

test("a command line that was installed alone starts no server, and says what does", async () => {
  await using data = await makeDataDirectory();
  const run = await installCommandLine(data.path, "http://127.0.0.1:1");

  const started = await run("start");
  const listed = await run("list");

  expect([started.exitCode, started.stderr]).toEqual([
    1,
    'kiln: only kiln\'s command line is installed here; "npm start" in a checkout of kiln starts a server',
  ]);
  expect(listed.exitCode).toBe(5);
});
