import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isRunning, readPid, until } from "../../../cli/setup/processes.ts";
import { makeScratch } from "../../support/scratch.ts";

test.each([
  ["123\n", 123],
  ["123", 123],
  ["", undefined],
  ["-1", undefined],
  ["0", undefined],
  ["12 34", undefined],
])("a pid file of %j names %s", async (content, expected) => {
  await using scratch = await makeScratch();
  const file = join(scratch.path, "pid");
  await writeFile(file, content);

  expect(await readPid(file)).toBe(expected);
});

test("no pid file names no process", async () => {
  expect(await readPid("/nonexistent/pid")).toBeUndefined();
});

test("a process runs under its own name and under no other", () => {
  expect(isRunning(process.pid)).toBe(true);
  expect(isRunning(process.pid, "dockerd")).toBe(false);
  expect(isRunning(2 ** 22 + 1)).toBe(false);
});

test("waiting ends when it is so, when it takes too long, and when it cannot come", async () => {
  let asked = 0;

  expect(await until(() => ++asked === 2, { milliseconds: 5_000 })).toBe(true);
  expect(await until(() => false, { milliseconds: 0 })).toBe(false);
  expect(await until(() => false, { milliseconds: 5_000, while: () => false })).toBe(false);
  expect(await until(() => false, { milliseconds: 5_000, signal: AbortSignal.abort() })).toBe(
    false,
  );
});
