import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { minutes } from "#shared/time.ts";
import { startAur } from "../support/aur.ts";
import { installCommandLine } from "../support/installed-command-line.ts";
import { makeDataDirectory, pkgbuildOf, startKiln } from "../support/kiln.ts";

// What a user reads of the failures that occur most.

const aur = await startAur();
const data = await makeDataDirectory();
const kiln = await startKiln(data.path, { AUR_URL: aur.url, RUNNER_MEMORY: "512" });
const run = await installCommandLine(data.path, kiln.url);

afterAll(async () => {
  for (const it of [kiln, data, aur]) await it[Symbol.asyncDispose]();
});

/** Adds a PKGBUILD, follows its build, and gives what was printed behind the log. */
const follow = async (pkgbuild: string) => {
  const path = join(data.path, "PKGBUILD");
  await writeFile(path, pkgbuild);
  const { stdout, stderr, exitCode } = await run("add", "--pkgbuild", path, "--follow");
  return { log: stdout, end: stdout.split("\n").at(-1) ?? stderr, exitCode };
};

test(
  "a compile error is told with the compiler's line, at the end of the log, in the list and in one build",
  async () => {
    const source = `printf 'int main(void)\\n{\\n  return missing;\\n}\\n' > a.c; gcc -c a.c`;

    const { log, end, exitCode } = await follow(pkgbuildOf("compiled", [], source));
    const info = await run("info", "compiled");
    const waited = await run("build", "compiled", "--force", "--wait");

    const sentence =
      "building failed with exit code 4: a.c:3:10: error: ‘missing’ undeclared (first use in this function)";
    expect(exitCode).toBe(1);
    expect(log).toContain(`:: kiln :: ${sentence}\n`);
    expect(end).toMatch(/^compiled: failure after .* s: /);
    expect(end).toContain(sentence);
    expect(info.stdout).toContain(`build 0 ended as failure: ${sentence}\n`);
    expect(waited.stdout).toMatch(/^compiled: failure after .* s: building failed/);
    expect(waited.stdout).toContain("\n      3 |   return missing;\n");
    expect(waited.stdout).toMatch(/ {2}"kiln logs compiled 1" shows the log$/);
  },
  minutes(3),
);

test(
  "two dependencies that conflict are told by their names",
  async () => {
    for (const [pkgname, other] of [
      ["one", "two"],
      ["two", "one"],
    ] as const) {
      const { exitCode } = await follow(pkgbuildOf(pkgname, [`conflicts=(${other})`]));
      expect(exitCode).toBe(0);
    }

    const { end, exitCode } = await follow(pkgbuildOf("both", ["makedepends=(one two)"]));

    expect(exitCode).toBe(1);
    expect(end).toMatch(
      /^both: failure after .* s: installing dependencies failed with exit code 1: /,
    );
    expect(end).toMatch(/(one|two)\S* and (one|two)\S* cannot be installed together: /);
  },
  minutes(4),
);

test(
  "a full disk is told as one",
  async () => {
    const { end, exitCode } = await follow(
      pkgbuildOf("large", [], "head -c 320M /dev/zero > /dev/shm/large"),
    );

    expect(exitCode).toBe(1);
    expect(end).toMatch(
      /^large: failure after .* s: building failed with exit code 4: head: .*No space left on device; the disk is full that the build writes to: /,
    );
  },
  minutes(3),
);

test(
  "an AUR that is away is told with its address",
  async () => {
    aur.faults.down = true;

    const added = await run("add", "absent");
    aur.faults.down = false;

    expect(added.exitCode).not.toBe(0);
    expect(added.stderr).toContain(aur.url);
  },
  minutes(3),
);
