import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hashOf } from "#shared/secret.ts";
import { makeFirstSecret } from "../../../cli/setup/first-secret.ts";
import { makeScratch } from "../../support/scratch.ts";

test("a first secret is kept as a hash that only the owner may read", async () => {
  await using directory = await makeScratch();

  const secret = await makeFirstSecret(directory.path);

  const path = join(directory.path, "authorized_secrets");
  expect(secret).toMatch(/^[A-Za-z0-9]{64}$/);
  expect(await readFile(path, "utf8")).toBe(
    `${await hashOf(secret ?? "")} made at the first start\n`,
  );
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("secrets that are there already are left alone, also when the file is empty", async () => {
  await using directory = await makeScratch();
  const path = join(directory.path, "authorized_secrets");
  await writeFile(path, "");

  expect(await makeFirstSecret(directory.path)).toBeUndefined();
  expect(await readFile(path, "utf8")).toBe("");
});
