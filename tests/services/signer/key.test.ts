import { expect, test } from "vitest";
import { isMadeBy, makeKey, openKeys } from "../../../services/signer/key.ts";

const now = Date.UTC(2026, 0, 1);

const setup = async (password?: string) => {
  const armoured = await makeKey("judge", password, now);
  const [key] = await openKeys(armoured, password, now);
  if (!key) throw new Error("no key was made");
  return { armoured, key, fingerprint: key.certificate.primary.fingerprint };
};

test("a signature names the key that made it", async () => {
  const { key, fingerprint } = await setup();
  const other = await setup();

  const signature = await key.sign(Buffer.from("content"), fingerprint, now);

  expect(await isMadeBy(signature, fingerprint)).toBe(true);
  expect(await isMadeBy(signature, other.fingerprint)).toBe(false);
  expect(await isMadeBy(signature.subarray(0, -1), fingerprint)).toBe(false);
  expect(await isMadeBy(new Uint8Array(), fingerprint)).toBe(false);
});

test.each([
  ["its password", "open sesame", "open"],
  ["another password", "wrong", "wrong-password"],
  ["no password", undefined, "locked"],
])("an encrypted key with %s is opened accordingly", async (_name, password, secret) => {
  const { armoured } = await setup("open sesame");

  const [key] = await openKeys(armoured, password, now);

  expect(key?.certificate.primary.secret).toBe(secret);
});

test("a file that is no key holds none", async () => {
  expect(await openKeys("not a key", undefined, now)).toEqual([]);
});
