import { globSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { makeScratch } from "../support/scratch.ts";

const verify = async (...units: string[]) => {
  const { exitCode, all } = await execa("systemd-analyze", ["verify", ...units], {
    all: true,
    reject: false,
    env: { LC_ALL: "C" },
  });
  return { exitCode, said: all };
};

test("systemd-analyze(1) finds nothing in the units", async () => {
  const units = globSync("compose/systemd/*").sort();

  expect(units.map((it) => it.split("/").at(-1))).toEqual([
    "kiln-gpg-agent.service",
    "kiln-gpg-agent.socket",
    "kiln.service",
  ]);
  expect(await verify(...units)).toEqual({ exitCode: 0, said: "" });
});

test("systemd-analyze(1) finds a setting that it does not know", async () => {
  await using scratch = await makeScratch();
  const unit = join(scratch.path, "wrong.service");
  await writeFile(unit, "[Service]\nExecStart=/bin/true\nProtectSytem=strict\n");

  expect((await verify(unit)).said).toMatch(/Unknown key (name )?'ProtectSytem'/);
});
