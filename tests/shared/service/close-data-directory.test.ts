import { chmod, mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { closeDataDirectory } from "#shared/service/close-data-directory.ts";
import { makeScratch } from "../../support/scratch.ts";

const modeOf = async (path: string) => ((await stat(path)).mode & 0o7777).toString(8);

test("a new DATA_DIR lets other users pass, and list nothing", async () => {
  await using scratch = await makeScratch();
  const directory = join(scratch.path, "new");

  await closeDataDirectory(directory);

  expect(await modeOf(directory)).toBe("711");
});

test.each([
  ["0755 of an earlier version", 0o755, "711"],
  ["0750, which lets a group pass", 0o750, "710"],
  ["0700", 0o700, "700"],
])("an existing DATA_DIR of %s gets no new permission", async (_what, mode, expected) => {
  await using scratch = await makeScratch();
  await chmod(scratch.path, mode);

  await closeDataDirectory(scratch.path);

  expect(await modeOf(scratch.path)).toBe(expected);
});

test("what kiln keeps is closed; the repository and files of others stay as they are", async () => {
  await using scratch = await makeScratch();
  for (const name of ["blobs", "nats", "repository"]) await mkdir(join(scratch.path, name));
  for (const name of ["state.db", "state.db-wal", "notes.txt"])
    await writeFile(join(scratch.path, name), "");

  await closeDataDirectory(scratch.path);

  const names = ["blobs", "nats", "repository", "state.db", "state.db-wal", "notes.txt"];
  const modes = names.map(async (name) => [name, await modeOf(join(scratch.path, name))]);
  expect(Object.fromEntries(await Promise.all(modes))).toEqual({
    blobs: "700",
    nats: "700",
    repository: "755",
    "state.db": "600",
    "state.db-wal": "600",
    "notes.txt": "644",
  });
});
