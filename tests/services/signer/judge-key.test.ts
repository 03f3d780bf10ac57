import { expect, test } from "vitest";
import { judgeKey, type KeyPart } from "../../../services/signer/judge-key.ts";

const now = Date.UTC(2026, 5, 1);

const part = (fingerprint: string, changes: Partial<KeyPart> = {}): KeyPart => ({
  fingerprint,
  version: 4,
  algorithm: "eddsaLegacy",
  bits: undefined,
  createdAt: Date.UTC(2025, 0, 1),
  expiresAt: undefined,
  revoked: false,
  signs: true,
  secret: "open",
  problem: undefined,
  ...changes,
});

const certificate = (primary: KeyPart, ...subkeys: KeyPart[]) => ({ primary, subkeys });

const older = Date.UTC(2025, 1, 1);
const newer = Date.UTC(2025, 2, 1);

test.each([
  ["a primary key alone signs", certificate(part("A")), "A"],
  [
    "the newest signing subkey goes before the primary",
    certificate(part("A"), part("B", { createdAt: newer }), part("C", { createdAt: older })),
    "B",
  ],
  [
    "a subkey that may not sign is passed over",
    certificate(part("A"), part("B", { signs: false })),
    "A",
  ],
  [
    "an expired subkey is passed over",
    certificate(part("A"), part("B", { expiresAt: now - 1 })),
    "A",
  ],
  [
    "a revoked subkey is passed over",
    certificate(
      part("A", { signs: false }),
      part("B", { revoked: true, createdAt: newer }),
      part("C"),
    ),
    "C",
  ],
  [
    "a primary kept offline leaves the signing to its subkey",
    certificate(part("A", { secret: "absent" }), part("B")),
    "B",
  ],
  [
    "a weak subkey is passed over",
    certificate(part("A"), part("B", { algorithm: "rsaEncryptSign", bits: 1024 })),
    "A",
  ],
  [
    "RSA of 2048 bits is strong enough",
    certificate(part("A", { algorithm: "rsaEncryptSign", bits: 2048 })),
    "A",
  ],
  [
    "a key that expires later signs until then",
    certificate(part("A", { expiresAt: now + 1 })),
    "A",
  ],
])("%s", (_name, given, fingerprint) => {
  const verdict = judgeKey([given], now);

  expect(verdict).toMatchObject({ kind: "usable", certificate: 0, part: { fingerprint } });
});

test.each([
  [
    "RSA under 2048 bits",
    { algorithm: "rsaEncryptSign", bits: 1024 },
    "key A has 1024 bits, expected at least 2048; make a new key",
  ],
  [
    "DSA under 2048 bits",
    { algorithm: "dsa", bits: 1024 },
    "key A has 1024 bits, expected at least 2048; make a new key",
  ],
  [
    "an expired key",
    { expiresAt: Date.UTC(2026, 3, 9) },
    "key A expired on 2026-04-09; extend it with gpg --quick-set-expire and export it again",
  ],
  ["a revoked key", { revoked: true }, "key A is revoked; put another one in its place"],
  [
    "a key that may not sign",
    { signs: false },
    "key A cannot sign, nor can a subkey; add one with gpg --quick-add-key A ed25519 sign",
  ],
  [
    "a public key",
    { secret: "absent" },
    "it holds no secret key, only public ones; export it with gpg --armor --export-secret-keys",
  ],
  ["an encrypted key", { secret: "locked" }, "key A is encrypted; set SIGN_KEY_PASSWORD"],
  [
    "a wrong password",
    { secret: "wrong-password" },
    "SIGN_KEY_PASSWORD does not open key A; set the key's own password",
  ],
  [
    "a key from the future",
    { createdAt: Date.UTC(2026, 8, 1) },
    "key A is valid from 2026-09-01 on; check this machine's clock",
  ],
  [
    "a key pacman's gpg does not read",
    { version: 6, algorithm: "ed25519" },
    "key A is of a kind that pacman's gpg does not read (version 6, ed25519), expected a version 4 key of Ed25519, ECDSA, RSA or DSA",
  ],
  ["a broken self-signature", { problem: "no signature" }, "key A cannot sign: no signature"],
] as const)("%s is refused, saying why and what to do", (_name, changes, reason) => {
  const verdict = judgeKey([certificate(part("A", changes))], now);

  expect(verdict).toEqual({ kind: "refused", reason });
});

test("a file without keys is refused", () => {
  const verdict = judgeKey([], now);

  expect(verdict).toEqual({
    kind: "refused",
    reason: "it holds no OpenPGP key; export one with gpg --armor --export-secret-keys",
  });
});

test("a revoked primary key takes its subkeys with it, and the next certificate signs", () => {
  const revoked = certificate(part("A", { revoked: true }), part("B"));

  const verdict = judgeKey([revoked, certificate(part("C"))], now);

  expect(verdict).toMatchObject({ kind: "usable", certificate: 1, part: { fingerprint: "C" } });
});

test("a public key beside an unusable secret one does not hide why that is unusable", () => {
  const open = certificate(part("A", { secret: "absent" }));

  const verdict = judgeKey([open, certificate(part("B", { secret: "locked" }))], now);

  expect(verdict).toEqual({
    kind: "refused",
    reason: "key B is encrypted; set SIGN_KEY_PASSWORD",
  });
});
