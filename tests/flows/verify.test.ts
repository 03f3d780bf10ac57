import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import * as v from "valibot";
import { expect, test } from "vitest";
import { minutes } from "#shared/time.ts";
import { type RebuildInfo, RebuildList } from "#shared/views.ts";
import { makeDataDirectory, pkgbuildOf, secret, startKiln } from "../support/kiln.ts";
import { containersOf } from "../support/left-over.ts";
import { startNats } from "../support/nats.ts";

type Kiln = Awaited<ReturnType<typeof startKiln>>;

const success = { state: "success" };

const add = (kiln: Kiln, pkgbuild: string) =>
  kiln.post("/package/add", { replace: true, source: { type: "raw", pkgbuild, devel: false } });

const order = (kiln: Kiln, pkgbase: string) => kiln.post(`/package/${pkgbase}/rebuild`, {});

/** The newest first. */
const rebuildsOf = async (kiln: Kiln, pkgbase: string) => {
  const answer = await kiln.request(`/package/${pkgbase}/rebuild`);
  return v.parse(RebuildList, await answer.json());
};

/** All rebuilds of a package, once these many have ended and no other is under way. */
const ended = async (kiln: Kiln, pkgbase: string, count = 1): Promise<RebuildInfo[]> => {
  await expect
    .poll(async () => (await rebuildsOf(kiln, pkgbase)).map(({ status }) => status !== null), {
      timeout: minutes(3),
      interval: 200,
    })
    .toEqual(Array.from({ length: count }, () => true));
  return rebuildsOf(kiln, pkgbase);
};

/** What the newest rebuild proved. */
const verdictOf = async (kiln: Kiln, pkgbase: string, count?: number) => {
  const [newest] = await ended(kiln, pkgbase, count);
  return [newest?.status, newest?.message];
};

/** kiln's command line, from the tree. */
const runKiln = ({ url }: Kiln, ...commandLine: readonly string[]) =>
  execa("node_modules/.bin/bun", ["--bun", "cli/kiln.ts", ...commandLine], {
    env: { KILN_URL: url, KILN_SECRET: secret },
    reject: false,
  });

const flipByte = async (directory: string, kiln: Kiln, file: string) => {
  const { headers } = await kiln.request(`/x86_64/${file}`, { method: "HEAD" });
  const sha256 = headers.get("etag")?.replaceAll('"', "") ?? "";
  const path = join(directory, "blobs", sha256.slice(0, 2), sha256);
  const bytes = await readFile(path);
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await chmod(path, 0o644);
  await writeFile(path, bytes);
};

const packing = (pkgname: string, commands: string, lines: readonly string[] = []) =>
  pkgbuildOf(pkgname, lines).replace("package() {", `package() { ${commands};`);

test(
  "what is published is rebuilt: kiln's own command line is GOOD, what embeds the time is BAD, a flipped byte too",
  async () => {
    await using data = await makeDataDirectory();
    await using kiln = await startKiln(data.path, { REBUILD_PUBLISHED: "true", BUILD_CLI: "true" });
    await add(
      kiln,
      packing("verify-time", 'install -d "$pkgdir/usr"; date +%s%N > "$pkgdir/usr/t"'),
    );
    await expect.poll(() => kiln.buildsOf("kiln-cli"), { timeout: minutes(2) }).toHaveLength(1);
    expect(await kiln.ends("kiln-cli", "verify-time")).toEqual({
      "kiln-cli": success,
      "verify-time": success,
    });

    const [cli] = await ended(kiln, "kiln-cli");
    expect([cli?.status, cli?.message]).toEqual(["GOOD", null]);
    expect(await verdictOf(kiln, "verify-time")).toEqual([
      "BAD",
      expect.stringMatching(/^verify-time-1-1-any\.pkg\.tar\.zst differs from byte \d+ on$/),
    ]);

    const file = cli?.artifacts[0]?.filename ?? "";
    await flipByte(data.path, kiln, file);
    expect((await order(kiln, "kiln-cli")).status).toBe(200);

    expect(await verdictOf(kiln, "kiln-cli", 2)).toEqual([
      "BAD",
      expect.stringMatching(`^${file} is not as it was built: it hashes to [0-9a-f]{64}, expected`),
    ]);
  },
  minutes(5),
);

test(
  "a rebuild gets what was installed then: a dependency that changed since changes nothing",
  async () => {
    await using data = await makeDataDirectory();
    await using kiln = await startKiln(data.path);
    const library = (text: string, ...lines: string[]) =>
      packing(
        "verify-lib",
        `install -d "$pkgdir/usr/lib"; echo ${text} > "$pkgdir/usr/lib/verify-lib"`,
        lines,
      );
    const application = packing(
      "verify-app",
      'install -Dm644 /usr/lib/verify-lib "$pkgdir/usr/lib/verify-app"',
      ["makedepends=(verify-lib)"],
    );
    await add(kiln, library("one"));
    expect(await kiln.ends("verify-lib")).toEqual({ "verify-lib": success });
    await add(kiln, application);
    expect(await kiln.ends("verify-app")).toEqual({ "verify-app": success });
    await add(kiln, library("two", "pkgrel=2"));
    expect(await kiln.ends("verify-lib")).toEqual({ "verify-lib": success });

    const verified = await runKiln(kiln, "verify", "verify-app", "--follow");
    const shown = await runKiln(kiln, "info", "verify-app");

    expect(verified.stdout).toMatch(
      /==> Making package: verify-app[\s\S]*\nverify-app 1-1: GOOD after .+ s$/,
    );
    expect(verified.exitCode).toBe(0);
    expect(shown.stdout).toMatch(/^verified +GOOD, /m);
  },
  minutes(5),
);

test(
  "of two builders, the one that did not build it rebuilds",
  async () => {
    await using nats = await startNats();
    await using data = await makeDataDirectory();
    const named = (name: string) => ({ NATS_URL: nats.url, BUILDER_NAME: name });
    await using kiln = await startKiln(data.path, { ...named("one"), REBUILD_PUBLISHED: "true" });
    await using _ = await startKiln(data.path, named("other"), "services/builder/service.ts");
    const packages = ["verify-a", "verify-b", "verify-c"];

    for (const name of packages) await add(kiln, pkgbuildOf(name));

    for (const name of packages) {
      const [rebuild] = await ended(kiln, name);
      expect([rebuild?.status, rebuild?.message]).toEqual(["GOOD", null]);
      expect([rebuild?.built_by, rebuild?.builder].toSorted()).toEqual(["one", "other"]);
    }
  },
  minutes(5),
);

test(
  "kiln, killed while it rebuilds, ends that rebuild once",
  async () => {
    await using data = await makeDataDirectory();
    const environment = { REBUILD_PUBLISHED: "true" };
    {
      await using kiln = await startKiln(data.path, environment);
      await add(kiln, pkgbuildOf("verify-kill", [], "sleep 4"));
      expect(await kiln.ends("verify-kill")).toEqual({ "verify-kill": success });
      await expect
        .poll(() => containersOf(["verify-kill"]), { timeout: minutes(1), interval: 100 })
        .toBe(1);
      await kiln.kill();
    }

    await using kiln = await startKiln(data.path, environment);

    expect(await verdictOf(kiln, "verify-kill")).toEqual(["GOOD", null]);
    await expect.poll(() => containersOf(["verify-kill"]), { timeout: minutes(1) }).toBe(0);
    expect(await rebuildsOf(kiln, "verify-kill")).toHaveLength(1);
  },
  minutes(5),
);
