import { expect, test } from "vitest";
import { programsWith } from "#shared/run-program.ts";

test("a program gets the variables that are named, and none of kiln's own", async () => {
  const { stdout } = await programsWith({ PATH: process.env.PATH ?? "", LC_ALL: "C" })("env", []);

  expect(stdout.split("\n").sort()).toEqual(["LC_ALL=C", `PATH=${process.env.PATH}`]);
});
