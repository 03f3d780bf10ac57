import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { connectGpg } from "../../../services/signer/gpg.ts";
import { programs } from "../../support/programs.ts";
import { makeScratch } from "../../support/scratch.ts";

test("several signers remove what dead ones left at the same time", async () => {
  await using scratch = await makeScratch();
  for (let home = 0; home < 40; home++) {
    const path = join(scratch.path, `kiln-gpg-${home}`);
    await mkdir(path);
    await writeFile(join(path, "pubring.kbx"), "");
    await utimes(path, 0, 0);
  }
  await mkdir(join(scratch.path, "kiln-gpg-young"));
  const options = { password: undefined, now: Date.now, socket: "none", environment: programs };

  await Promise.all(Array.from({ length: 8 }, () => connectGpg(scratch.path, options)));

  expect(await readdir(scratch.path)).toEqual(["kiln-gpg-young"]);
});
