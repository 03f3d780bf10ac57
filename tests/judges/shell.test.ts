import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/** Files of the checkout that a shell runs, by their first line. */
const scripts = async () => {
  const { stdout } = await execa(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard"],
    {
      cwd: root,
    },
  );
  const found = [];
  for (const file of stdout.split("\n")) {
    const text = await readFile(join(root, file), "utf8").catch(() => "");
    if (/^#!.*\b(ba)?sh\n/.test(text)) found.push(file);
  }
  return found;
};

test("shellcheck(1) finds nothing in the shell scripts", async () => {
  const files = await scripts();

  const { stdout } = await execa("shellcheck", files, { cwd: root, reject: false });

  expect(files).toContain(".ci/run");
  expect(stdout).toBe("");
});

test("shellcheck(1) finds nothing in the PKGBUILD of kiln-cli but what makepkg reads and sets", async () => {
  const readByMakepkg = "--exclude=SC2034,SC2154";
  const pkgbuild = "runner/kiln-cli/PKGBUILD";

  const { stdout } = await execa("shellcheck", ["--shell=bash", readByMakepkg, pkgbuild], {
    cwd: root,
    reject: false,
  });

  expect(stdout).toBe("");
});
