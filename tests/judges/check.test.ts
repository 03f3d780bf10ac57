import { resolve } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { minutes } from "#shared/time.ts";

const root = resolve(import.meta.dirname, "../..");

test.each([
  ["biome", ["check", "--colors=off"], /^Checked \d+ files in \S+ No fixes applied\.$/],
  ["tsc", [], /^$/],
])(
  "%s finds nothing in the code",
  async (program, args, nothing) => {
    const said = await execa(program, args, {
      cwd: root,
      all: true,
      preferLocal: true,
      reject: false,
    });

    expect(said.all).toMatch(nothing);
    expect(said.exitCode).toBe(0);
  },
  minutes(5),
);
