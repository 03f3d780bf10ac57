import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { minutes } from "#shared/time.ts";
import { installSigned } from "../support/install-signed.ts";
import { makeDataDirectory, pkgbuildOf, startKiln } from "../support/kiln.ts";
import { startS3 } from "../support/s3.ts";

const waiting = { timeout: minutes(2), interval: 200 };

test(
  "what is built while S3 is away comes out when it is back, from the one build",
  async () => {
    await using s3 = await startS3(inject("versitygw"));
    await using data = await makeDataDirectory();
    await using kiln = await startKiln(data.path, { ...s3.credentials, BLOBS_URL: s3.url });
    const readiness = async () => (await kiln.request("/readyz")).text();
    const log = async () => (await kiln.request("/package/away/build/latest/logs")).text();
    const pkgbuild = pkgbuildOf("away", [], "sleep 5");
    const source = { type: "raw", pkgbuild, devel: false };

    await kiln.post("/package/add", { replace: false, source });
    await expect.poll(() => kiln.stepOf("away"), waiting).toMatch(/^running/);
    await s3.down();

    await expect.poll(readiness, waiting).toMatch(/the bucket kiln-blobs at \S+ does not answer/);
    await expect.poll(log, waiting).toContain("waiting: the bucket kiln-blobs at ");
    await s3.up();

    expect(await kiln.ends("away")).toEqual({ away: { state: "success" } });
    expect(await kiln.buildsOf("away")).toHaveLength(1);
    await expect.poll(readiness, waiting).toBe('{"ready":true}');
    expect(await installSigned(kiln.url, ["away"])).toEqual(["away"]);
    const file = await stat(join(data.path, "repository", "away-1-1-any.pkg.tar.zst"));
    expect(file.nlink, "names of the file: its copy's, and pacman's").toBe(2);
  },
  minutes(4),
);
