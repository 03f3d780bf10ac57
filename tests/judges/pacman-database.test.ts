import { createReadStream } from "node:fs";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encodeDatabase } from "#shared/pacman/database-frame.ts";
import { readDatabase } from "#shared/pacman/database-read.ts";
import { type Entry, formatDesc, formatFiles } from "#shared/pacman/desc.ts";
import { corpusFile, corpusTest } from "../support/corpus.ts";
import { makeEntries, makeEntry } from "../support/entry.ts";
import { makePacmanRoot } from "../support/pacman-root.ts";
import { runProgram } from "../support/program.ts";

const setup = async (entries: readonly Entry[]) => {
  const root = await makePacmanRoot("kiln");
  await writeFile(join(root.served, "kiln.db"), encodeDatabase(entries, "db"));
  await writeFile(join(root.served, "kiln.files"), encodeDatabase(entries, "files"));
  return root;
};

const sizes = [1, 64, 65, 200];

test.each(sizes)("bsdtar reads a database of %i entries", async (count) => {
  const entries = makeEntries(count);
  await using root = await setup(entries);
  const [db, files] = [join(root.served, "kiln.db"), join(root.served, "kiln.files")];

  expect(await runProgram("bsdtar", ["-tf", db])).toBe(
    entries.map(({ directory: it }) => `${it}/\n${it}/desc\n`).join(""),
  );
  expect(await runProgram("bsdtar", ["-tf", files])).toBe(
    entries.map(({ directory: it }) => `${it}/\n${it}/desc\n${it}/files\n`).join(""),
  );
  expect(await runProgram("bsdtar", ["-xOf", files])).toBe(
    entries.map(({ desc, files = [] }) => formatDesc(desc) + formatFiles(files)).join(""),
  );
});

test.each(sizes)("pacman reads a database of %i entries", async (count) => {
  const entries = makeEntries(count);
  await using root = await setup(entries);

  await root.pacman("-Sy");
  await root.pacman("-Fy");

  expect(await root.pacman("-Sl", "kiln")).toBe(
    entries.map(({ desc }) => `kiln ${desc.name} ${desc.version}\n`).join(""),
  );
  expect(await root.pacman("-Fl")).toBe(
    entries
      .flatMap(({ desc, files = [] }) => files.map((file) => `${desc.name} ${file}\n`))
      .join(""),
  );
});

test("pacman tells every field of an entry", async () => {
  const entry = makeEntry("demo", [
    "pkgver = 1:1.2-3",
    "pkgdesc = A demo: of «things»",
    "url = https://example.org/",
    "builddate = 1700000000",
    "packager = A B <a@example.org>",
    "size = 2048",
    "license = MIT",
    "license = custom:x",
    "group = demos",
    "replaces = old",
    "conflict = old<2",
    "provides = virtual=1",
    "depend = glibc>=2",
    "depend = sh",
    "optdepend = python: for scripts",
  ]);
  await using root = await setup([entry]);
  await root.pacman("-Sy");

  const told = await root.pacman("-Si", "demo");

  expect(Object.fromEntries(told.split("\n").map((line) => line.split(/ +: /, 2)))).toEqual({
    Repository: "kiln",
    Name: "demo",
    Version: "1:1.2-3",
    Description: "A demo: of «things»",
    Architecture: "any",
    URL: "https://example.org/",
    Licenses: "MIT  custom:x",
    Groups: "demos",
    Provides: "virtual=1",
    "Depends On": "glibc>=2  sh",
    "Optional Deps": "python: for scripts",
    "Conflicts With": "old<2",
    Replaces: "old",
    "Download Size": "1000.00 B",
    "Installed Size": "2048.00 B",
    Packager: "A B <a@example.org>",
    "Build Date": expect.stringMatching(/^Tue.* Nov.* 2023/),
    "Validated By": "SHA-256 Sum",
    "": undefined,
  });
});

test("pacman reads an empty database, and one with names that take a pax header", async () => {
  const long = makeEntry("n".repeat(150));
  await using empty = await setup([]);
  await using root = await setup([long]);

  await empty.pacman("-Sy");
  await root.pacman("-Sy");

  expect(await empty.pacman("-Sl")).toBe("");
  expect(await root.pacman("-Sl")).toBe(`kiln ${long.desc.name} 1.0-1\n`);
});

for (const name of ["arch-2019-core.db", "arch-2019-extra.db"])
  corpusTest(`pacman says the same of ${name} as of what we write after reading it`, async () => {
    const entries = await Array.fromAsync(readDatabase(createReadStream(corpusFile(name))));
    await using ours = await setup(entries);
    await using original = await makePacmanRoot("kiln");
    await copyFile(corpusFile(name), join(original.served, "kiln.db"));

    await ours.pacman("-Sy");
    await original.pacman("-Sy");

    expect(await ours.pacman("-Si")).toEqual(await original.pacman("-Si"));
  });
