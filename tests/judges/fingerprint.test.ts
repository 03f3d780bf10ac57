import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generateKey, readKey } from "openpgp";
import { expect, test } from "vitest";
import { findFingerprint } from "../../cli/setup/fingerprint.ts";
import { programsIn } from "../support/left-over.ts";
import { makeScratch } from "../support/scratch.ts";

const { signal } = new AbortController();

test("gpg reads the signing key's fingerprint, and leaves no agent behind", async () => {
  await using data = await makeScratch();
  const { privateKey, publicKey } = await generateKey({ userIDs: [{ name: "kiln" }] });
  await writeFile(join(data.path, "sign_key.asc"), privateKey);

  const found = await findFingerprint(data.path, signal);

  const expected = (await readKey({ armoredKey: publicKey })).getFingerprint().toUpperCase();
  expect(found).toBe(expected);
  expect(await programsIn("kiln-gpg-")).toEqual([]);
});

test("without a key there is no fingerprint", async () => {
  await using data = await makeScratch();

  expect(await findFingerprint(data.path, signal)).toBeUndefined();
});
