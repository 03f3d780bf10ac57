import { existsSync } from "node:fs";
import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { days, minutes } from "#shared/time.ts";
import { connectTo } from "../support/database.ts";
import { makeDataDirectory, pkgbuildOf, secret, startKiln } from "../support/kiln.ts";

type Kiln = Awaited<ReturnType<typeof startKiln>>;

const success = { state: "success" };

/** kiln's command line, from the tree. */
const runKiln = ({ url }: Kiln, ...commandLine: readonly string[]) =>
  execa("node_modules/.bin/bun", ["--bun", "cli/kiln.ts", ...commandLine], {
    env: { KILN_URL: url, KILN_SECRET: secret },
    reject: false,
  });

const publish = async (kiln: Kiln, pkgbase: string, pkgbuild: string) => {
  const source = { type: "raw", pkgbuild, devel: false };
  await kiln.post("/package/add", { replace: true, source });
  expect(await kiln.ends(pkgbase)).toEqual({ [pkgbase]: success });
};

const library = (pkgrel: number) =>
  pkgbuildOf("kept-lib", [`pkgrel=${pkgrel}`]).replace(
    "package() {",
    `package() { install -d "$pkgdir/usr/lib"; echo ${pkgrel} > "$pkgdir/usr/lib/kept-lib";`,
  );

const application = pkgbuildOf("kept-app", ["makedepends=(kept-lib)"]).replace(
  "package() {",
  'package() { install -Dm644 /usr/lib/kept-lib "$pkgdir/usr/lib/kept-app";',
);

/** Where the blob of a served file lies. */
const placeOf = async (kiln: Kiln, directory: string, file: string) => {
  const { headers } = await kiln.request(`/x86_64/${file}`, { method: "HEAD" });
  const sha256 = headers.get("etag")?.replaceAll('"', "") ?? "";
  return join(directory, "blobs", sha256.slice(0, 2), sha256);
};

/** Makes a data directory look as if nothing had happened there for eight days. */
const age = async (directory: string) => {
  const before = Date.now() - days(8);
  const blobs = join(directory, "blobs");
  for (const entry of await readdir(blobs, { recursive: true, withFileTypes: true }))
    if (entry.isFile())
      await utimes(join(entry.parentPath, entry.name), before / 1_000, before / 1_000);
  using client = connectTo(`file:${join(directory, "state.db")}`);
  await client.execute(`UPDATE builds SET ended_at = ${before}`);
  await client.execute(`UPDATE retired_files SET retired_at = ${before}`);
  await client.execute(`UPDATE generations SET created_at = ${before}`);
  await client.execute(`UPDATE sources SET fetched_at = ${before}`);
};

test(
  "a sweep leaves what a rebuild takes, of a removed package too, and deletes the files of other versions",
  async () => {
    await using data = await makeDataDirectory();
    const environment = { KEEP_VERSIONS: "1", KEEP_BUILDS: "1" };
    const places: string[] = [];
    {
      await using kiln = await startKiln(data.path, environment);
      for (const pkgrel of [1, 2]) {
        await publish(kiln, "kept-lib", library(pkgrel));
        places.push(await placeOf(kiln, data.path, `kept-lib-1-${pkgrel}-any.pkg.tar.zst`));
        if (pkgrel === 1) await publish(kiln, "kept-app", application);
      }
      expect((await kiln.request("/package/kept-lib", { method: "DELETE" })).status).toBe(200);
    }
    await age(data.path);
    await using kiln = await startKiln(data.path, environment);
    const before = places.map((place) => existsSync(place));

    const dry = await runKiln(kiln, "storage", "sweep", "--dry-run");
    const swept = await runKiln(kiln, "storage", "sweep");
    const shown = await runKiln(kiln, "storage");
    const verified = await runKiln(kiln, "verify", "kept-app", "--wait");

    const [, count] = /^would delete (\d+) blobs/.exec(dry.stdout) ?? [];
    expect(Number(count)).toBeGreaterThan(3);
    expect(swept.stdout).toBe(dry.stdout.replace("would delete", "deleted"));
    expect([before, places.map((place) => existsSync(place))]).toEqual([
      [true, true],
      [true, false],
    ]);
    expect(shown.stdout).toMatch(/^published packages +1 +\d+/m);
    expect(verified.stdout).toMatch(/^kept-app 1-1: GOOD after /);
    expect((await kiln.request("/x86_64/serene.db")).status).toBe(200);
    expect((await kiln.request("/x86_64/kept-app-1-1-any.pkg.tar.zst")).status).toBe(200);
  },
  minutes(5),
);
