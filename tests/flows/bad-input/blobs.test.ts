import { createHash } from "node:crypto";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openState } from "#shared/state/open.ts";
import { sources } from "#shared/state/sources.ts";
import { minutes } from "#shared/time.ts";
import { makeDataDirectory, pkgbuildOf, startKiln } from "../../support/kiln.ts";

/** Flips one bit in the middle of a blob. */
const damage = async (directory: string, sha256: string) => {
  const path = join(directory, "blobs", sha256.slice(0, 2), sha256);
  const bytes = await readFile(path);
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await chmod(path, 0o644);
  await writeFile(path, bytes);
};

type Kiln = Awaited<ReturnType<typeof startKiln>>;

const add = (kiln: Kiln, pkgbuild: string) =>
  kiln.post("/package/add", { replace: true, source: { type: "raw", pkgbuild, devel: false } });

/** Noise that does not compress, so that the package is sent from its file. */
const large = pkgbuildOf("large").replace(
  "package() {",
  'package() { install -d "$pkgdir/usr"; head -c 300000 /dev/urandom > "$pkgdir/usr/noise";',
);

const packages = {
  small: "small-1-1-any.pkg.tar.zst",
  large: "large-1-1-any.pkg.tar.zst",
} as const;

/** `true`: what came is what was published, to the bit. */
const get = async (kiln: Kiln, file: string, headers = {}) => {
  const answer = await kiln.request(`/x86_64/${file}`, { headers });
  const hash = createHash("sha256").update(Buffer.from(await answer.arrayBuffer()));
  return answer.status === 200
    ? `"${hash.digest("hex")}"` === answer.headers.get("etag")
    : answer.status;
};

const hashOf = async (kiln: Kiln, file: string) => {
  const { headers } = await kiln.request(`/x86_64/${file}`, { method: "HEAD" });
  return headers.get("etag")?.replaceAll('"', "") ?? "";
};

test(
  "a package whose bytes have changed is not served, before and after a restart, and others still are",
  async () => {
    await using data = await makeDataDirectory();
    {
      await using kiln = await startKiln(data.path);
      await add(kiln, pkgbuildOf("small"));
      await add(kiln, large);
      expect(await kiln.ends("small", "large")).toEqual({
        small: { state: "success" },
        large: { state: "success" },
      });
      const hashes = await Promise.all(Object.values(packages).map((it) => hashOf(kiln, it)));
      expect(await get(kiln, packages.large)).toBe(true);

      for (const hash of hashes) await damage(data.path, hash);

      expect(await get(kiln, packages.large)).toBe(500);
      expect(await get(kiln, packages.large, { range: "bytes=0-9" })).toBe(500);
      // It may still be in memory, as it was when it was checked.
      expect([true, 500]).toContain(await get(kiln, packages.small));
    }

    await using kiln = await startKiln(data.path);
    expect(await get(kiln, packages.large)).toBe(500);
    expect(await get(kiln, packages.small)).toBe(500);

    await add(kiln, pkgbuildOf("other"));
    expect(await kiln.ends("other")).toEqual({ other: { state: "success" } });
    expect(await get(kiln, "other-1-1-any.pkg.tar.zst")).toBe(true);

    await add(kiln, pkgbuildOf("small", ["pkgrel=2"]));
    expect(await kiln.ends("small")).toEqual({ small: { state: "success" } });
    expect(await get(kiln, "small-1-2-any.pkg.tar.zst")).toBe(true);
  },
  minutes(3),
);

test(
  "a build ends that would be made of what is damaged, and says what is",
  async () => {
    await using data = await makeDataDirectory();
    await using kiln = await startKiln(data.path);
    await add(kiln, pkgbuildOf("small"));
    await add(kiln, pkgbuildOf("source"));
    await kiln.ends("small", "source");
    const library = await hashOf(kiln, packages.small);
    await using state = await openState(`file:${join(data.path, "state.db")}`);
    const rows = await state.read.select().from(sources);
    const snapshot = rows.find(({ pkgbase }) => pkgbase === "source")?.snapshotSha256 ?? "";

    for (const hash of [library, snapshot]) await damage(data.path, hash);
    await add(kiln, pkgbuildOf("user", ["depends=(small)"]));
    const order = { packages: ["source"], clean: false, resolve: true, force: true };
    await kiln.post("/build", order);

    const fatal = (hash: string) => ({
      state: "fatal",
      info: [expect.stringContaining(`blob ${hash} is damaged`), "build"],
    });
    expect(await kiln.ends("source", "user")).toEqual({
      source: fatal(snapshot),
      user: fatal(library),
    });
  },
  minutes(2),
);
