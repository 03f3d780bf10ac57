import { generateKey, readKey } from "openpgp";
import { expect, test } from "vitest";
import { secret, startApi } from "../../../support/api.ts";
import { insertPackage } from "../../../support/rows.ts";

const makeKey = async () => {
  const { publicKey, privateKey } = await generateKey({
    userIDs: [{ name: "A Signer", email: "a@example.org" }],
  });
  const fingerprint = (await readKey({ armoredKey: publicKey })).getFingerprint().toUpperCase();
  return { publicKey, privateKey, fingerprint };
};

test("a key that a package names is taken, listed without its text, and taken away", async () => {
  await using api = await startApi();
  const { publicKey, fingerprint } = await makeKey();
  const lines = [`validpgpkeys = ${fingerprint.toLowerCase()}`];
  await insertPackage(api.world.state, "signed", { lines });
  const info = { fingerprint, users: ["A Signer <a@example.org>"], added: expect.any(String) };

  const taken = await api.write("POST", "/keys", { key: publicKey });
  const again = await api.write("POST", "/keys", { key: publicKey });
  const listed = await api.write("GET", "/keys");
  const removed = await api.write("DELETE", `/keys/${fingerprint.toLowerCase()}`);
  const left = await api.write("GET", "/keys");

  expect([taken.status, await taken.json()]).toEqual([200, [info]]);
  expect([again.status, await listed.json()]).toEqual([200, [info]]);
  expect([removed.status, await left.json()]).toEqual([200, []]);
});

test("a key that no package names is taken only when any is", async () => {
  await using api = await startApi();
  const { publicKey, fingerprint } = await makeKey();
  await insertPackage(api.world.state, "other", { lines: [`pkgdesc = ${fingerprint}`] });

  const refused = await api.write("POST", "/keys", { key: publicKey });
  const taken = await api.write("POST", "/keys", { key: publicKey, any: true });

  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({
    detail: `no package that is added names ${fingerprint} in validpgpkeys; "kiln key import --any" takes it all the same`,
  });
  expect(taken.status).toBe(200);
});

test.each([
  ["no key", async () => "hello", /^expected armoured public keys/],
  ["a private key", async () => (await makeKey()).privateKey, /is a private key/],
])("%s is refused, and nothing is kept", async (_, make, detail) => {
  await using api = await startApi();

  const response = await api.write("POST", "/keys", { key: await make(), any: true });

  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ detail: expect.stringMatching(detail) });
  expect(await (await api.write("GET", "/keys")).json()).toEqual([]);
});

test("a key that is not there cannot be taken away, and without the secret nothing is shown", async () => {
  await using api = await startApi();

  const removed = await api.write("DELETE", `/keys/${"a".repeat(40)}`);
  const listed = await api.request("/keys");
  const wrong = await api.request("/keys", { headers: { authorization: `${secret}x` } });

  expect(removed.status).toBe(404);
  expect([listed.status, wrong.status]).toEqual([401, 403]);
});
