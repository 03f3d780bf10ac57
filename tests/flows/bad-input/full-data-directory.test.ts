import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { hashOf } from "#shared/secret.ts";
import { minutes } from "#shared/time.ts";
import { environmentOf, pkgbuildOf, secret, startKiln } from "../../support/kiln.ts";
import { problemsOf } from "../../support/pair.ts";
import { makeScratch } from "../../support/scratch.ts";
import { mountSmallDisk } from "../../support/small-disk.ts";

/** The status and the text of an answer. */
const answerOf = async (response: Response) => [response.status, await response.text()];

test(
  "kiln starts on a full disk: packages are served, an order is refused with a sentence, and all goes on when there is room",
  async () => {
    await using scratch = await makeScratch();
    await chmod(scratch.path, 0o711);
    const place = join(scratch.path, "disk");
    await using disk = await mountSmallDisk(place, 192);
    const data = join(place, "data");
    await mkdir(data);
    await writeFile(join(data, "authorized_secrets"), `${await hashOf(secret)} tests\n`);
    const source = (pkgname: string) => ({
      replace: false,
      source: { type: "raw", pkgbuild: pkgbuildOf(pkgname), devel: false },
    });
    {
      await using kiln = await startKiln(data);
      await kiln.post("/package/add", source("roomy"));
      expect(await kiln.ends("roomy")).toEqual({ roomy: { state: "success" } });
    }

    await disk.fill();
    await using kiln = await startKiln(data);
    const served = await Promise.all(
      ["roomy-1-1-any.pkg.tar.zst", "serene.db", "serene.db.sig"].map(async (name) => {
        const { status } = await kiln.request(`/x86_64/${name}`);
        return status;
      }),
    );
    const listed = await kiln.request("/package/list");
    const order = { packages: ["roomy"], clean: false, resolve: true, force: true };
    const ordered = await answerOf(await kiln.post("/build", order));
    const added = await answerOf(await kiln.post("/package/add", source("another")));
    const [status, problems] = await problemsOf(kiln);
    await disk.empty();

    expect(served).toEqual([200, 200, 200]);
    expect(listed.status).toBe(200);
    expect(ordered).toEqual([
      503,
      expect.stringContaining(`the database ${data}/state.db cannot be written to (SQLITE_FULL)`),
    ]);
    expect(added).toEqual([
      503,
      expect.stringContaining(`no blob can be written into ${data}/blobs (ENOSPC)`),
    ]);
    expect([status, problems]).toEqual([
      503,
      {
        ready: false,
        problems: expect.objectContaining({ scheduler: expect.stringContaining(data) }),
      },
    ]);
    await expect
      .poll(() => problemsOf(kiln), { timeout: minutes(1) })
      .toEqual([200, { ready: true }]);
    expect((await kiln.post("/build", order)).status).toBe(200);
    expect(await kiln.ends("roomy")).toEqual({ roomy: { state: "success" } });
  },
  minutes(6),
);

test(
  "kiln ends with one line that names the disk where it is full before kiln was ever started there",
  async () => {
    await using scratch = await makeScratch();
    const place = join(scratch.path, "disk");
    await using disk = await mountSmallDisk(place, 96);
    const data = join(place, "data");
    await mkdir(data);
    await disk.fill();

    const ended = await execa("bun", ["services/all.ts"], {
      env: environmentOf(data),
      reject: false,
      timeout: minutes(1),
    });

    expect(ended.exitCode).toBe(1);
    expect(ended.stderr.trim().split("\n")).toEqual([expect.stringContaining(data)]);
  },
  minutes(3),
);
