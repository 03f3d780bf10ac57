import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { minutes } from "#shared/time.ts";
import { makeGpgHome } from "../../support/gpg-home.ts";
import { makeDataDirectory, pkgbuildOf, startKiln } from "../../support/kiln.ts";

const data = await makeDataDirectory();
const keyFile = join(data.path, "sign_key.asc");

afterAll(() => data[Symbol.asyncDispose]());

type Home = Awaited<ReturnType<typeof makeGpgHome>>;

const password = "open sesame";

const bad: readonly (readonly [string, (home: Home) => Promise<string>, RegExp])[] = [
  [
    "RSA of 1024 bits",
    async (home) => {
      await home.make("rsa1024", "sign");
      return home.secretKey();
    },
    /key \w{40} has 1024 bits, expected at least 2048; make a new key/,
  ],
  [
    "expired",
    async (home) => {
      await home.make("ed25519", "sign", { expiry: "1d", at: "20200101T000000" });
      return home.secretKey();
    },
    /key \w{40} expired on 2020-01-02; extend it/,
  ],
  [
    "revoked",
    async (home) => {
      await home.revoke(await home.make("ed25519", "sign"));
      return home.secretKey();
    },
    /key \w{40} is revoked; put another one in its place/,
  ],
  [
    "encrypted without a password",
    async (home) => {
      await home.make("ed25519", "sign", { password });
      return home.secretKey(password);
    },
    /key \w{40} is encrypted; set SIGN_KEY_PASSWORD/,
  ],
];

test(
  "kiln starts with a key that cannot sign, says why, publishes nothing, and serves what there is",
  async () => {
    await using kiln = await startKiln(data.path);
    const add = (pkgbuild: string) =>
      kiln.post("/package/add", { replace: true, source: { type: "raw", pkgbuild, devel: false } });
    await add(pkgbuildOf("signed"));
    expect(await kiln.ends("signed")).toEqual({ signed: { state: "success" } });
    const files = ["signed-1-1-any.pkg.tar.zst.sig", "serene.db", "serene.db.sig"];
    const served = () =>
      Promise.all(
        files.map(async (path) => (await kiln.request(`/x86_64/${path}`)).headers.get("etag")),
      );
    const before = await served();

    for (const [index, [, make, reason]] of bad.entries()) {
      await using home = await makeGpgHome();
      await writeFile(keyFile, await make(home));
      const health = await kiln.request("/readyz");
      await add(pkgbuildOf("signed", [`pkgrel=${index + 2}`]));

      expect([health.status, await health.json()]).toEqual([
        503,
        { ready: false, problems: { signer: expect.stringMatching(reason) } },
      ]);
      const { signed } = await kiln.ends("signed");
      expect(signed).toEqual({ state: "fatal", info: [expect.stringMatching(reason), "publish"] });
      expect(signed).toMatchObject({
        info: [expect.stringContaining("signed 1-1 stays in the repository"), "publish"],
      });
      expect(await served()).toEqual(before);
    }
  },
  minutes(10),
);

test(
  "kiln starts afresh with a key that cannot sign, and works as soon as it can",
  async () => {
    await using empty = await makeDataDirectory();
    await using home = await makeGpgHome();
    await home.make("ed25519", "sign", { password });
    await writeFile(join(empty.path, "sign_key.asc"), await home.secretKey(password));

    await using kiln = await startKiln(empty.path);

    expect((await kiln.request("/readyz")).status).toBe(503);
    await using other = await makeGpgHome();
    await other.make("ed25519", "sign");
    await writeFile(join(empty.path, "sign_key.asc"), await other.secretKey());
    await vi.waitFor(
      async () => {
        expect((await kiln.request("/readyz")).status).toBe(200);
        expect((await kiln.request("/x86_64/serene.db.sig")).status).toBe(200);
      },
      { timeout: minutes(1), interval: 200 },
    );
  },
  minutes(3),
);
