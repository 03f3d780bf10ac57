import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseDependency, satisfies } from "#shared/pacman/dependency.ts";
import { makePacmanRoot } from "../support/pacman-root.ts";

const installed = [
  { name: "plain", version: "1:2.0-3", provides: [] },
  { name: "shell", version: "9-1", provides: ["sh", "posix=3", "wide>=2", "described=1: why"] },
  {
    name: "library",
    version: "9-1",
    provides: ["lib.so=1-64", "library=20", "lib2.so=libx.so-64"],
  },
  { name: "odd=name", version: "1-1", provides: [] },
];

const names = ["plain", "shell", "sh", "posix", "wide", "described", "library", "lib.so", "none"];
const versions = [
  "1",
  "1-64",
  "2",
  "2.0-3",
  "1:2.0",
  "1:2.0-3",
  "1:2.0-4",
  "3",
  "9",
  "20",
  "0:9-1",
];
const asked = [
  ...names,
  ...names.flatMap((name) =>
    ["<", "<=", "=", ">=", ">"].flatMap((operator) =>
      versions.map((version) => `${name}${operator}${version}`),
    ),
  ),
  ...["odd=name<2", "plain=", "plain>", "lib2.so=libx.so-64", "sh: why", "plain>9: why"],
];

const makeInstalled = async () => {
  const root = await makePacmanRoot();
  const local = join(root.state, "local");
  await mkdir(local);
  await writeFile(join(local, "ALPM_DB_VERSION"), "9\n");
  for (const { name, version, provides } of installed) {
    const folder = join(local, `${name}-${version}`);
    await mkdir(folder);
    await writeFile(join(folder, "files"), "%FILES%\n");
    await writeFile(
      join(folder, "desc"),
      `%NAME%\n${name}\n\n%VERSION%\n${version}\n\n%PROVIDES%\n${provides.join("\n")}\n\n`,
    );
  }
  return root;
};

test("what pacman -T misses among installed packages is what they do not satisfy", async () => {
  await using root = await makeInstalled();

  // pacman -T fails when it misses something, and says what.
  const missed = await root
    .pacman("-T", ...asked)
    .catch((error: { stdout: string }) => error.stdout);

  const unmet = asked.filter(
    (text) => !installed.some((candidate) => satisfies(parseDependency(text), candidate)),
  );
  expect(unmet).toEqual(missed.trim().split("\n"));
});
