import { expect, test } from "vitest";
import { describeMissing } from "../../../services/builder/source-keys.ts";

const [one, two] = ["A".repeat(40), "B".repeat(40)];

test.each([
  [
    "the key that signed is one of those that are missing",
    "A".repeat(16),
    [one, two],
    undefined,
    `the source is signed by the key ${one}, which is neither in its keys/pgp/ nor given to kiln: "kiln key import ${one}" gives it; KEYSERVER of the builders names a server that has it`,
  ],
  [
    "a subkey signed, of one of those that are missing",
    "C".repeat(16),
    [one, two],
    "https://keys.example.org",
    `the source is signed by the key ${one} or ${two}, which is neither in its keys/pgp/ nor given to kiln: "kiln key import ${one}" gives it; https://keys.example.org (KEYSERVER) does not have it`,
  ],
  [
    "none is missing",
    "C".repeat(16),
    [],
    undefined,
    `the source is signed by the key ${"C".repeat(16)}, which validpgpkeys of the PKGBUILD does not name`,
  ],
])("%s", (_, signer, missing, keyserver, message) => {
  expect(describeMissing(signer, missing, keyserver)).toBe(message);
});
