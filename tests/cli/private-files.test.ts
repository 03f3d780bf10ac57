import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { deleteFile, writePrivate } from "../../cli/private-files.ts";
import { makeScratch } from "../support/scratch.ts";

test("a private file is its owner's alone, and replaced whole", async () => {
  await using scratch = await makeScratch();
  const path = join(scratch.path, "kiln", "login.json");

  await writePrivate(path, "one, which is longer");
  await writePrivate(path, "two");

  expect(await readFile(path, "utf8")).toBe("two");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
  expect(await readdir(dirname(path))).toEqual(["login.json"]);
});

test("a file is deleted once", async () => {
  await using scratch = await makeScratch();
  const path = join(scratch.path, "file");
  await writePrivate(path, "x");

  expect([await deleteFile(path), await deleteFile(path)]).toEqual([true, false]);
});
