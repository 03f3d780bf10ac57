import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { minutes } from "#shared/time.ts";
import { installSigned } from "../support/install-signed.ts";
import { startIsland } from "../support/island.ts";
import { makeDataDirectory, pkgbuildOf, startKiln } from "../support/kiln.ts";

type Builder = { bash(script: string): Promise<string> };

/** Those of these addresses that a TCP connection from where the builder runs comes about with. */
const reachedBy = async ({ bash }: Builder, addresses: readonly [string, string][]) => {
  const tried = await Promise.all(
    addresses.map(async ([host, port]) => {
      const script = `timeout 5 bash -c '< /dev/tcp/${host}/${port}' 2> /dev/null && echo yes || echo no`;
      return { host, reached: (await bash(script)) === "yes" };
    }),
  );
  return tried.filter(({ reached }) => reached).map(({ host }) => host);
};

/** Its package file goes to S3 in parts. */
const large = (pkgbuild: string) =>
  pkgbuild.replace("package() {", 'package() { install -Dm644 noise "$pkgdir/usr/share/noise";');

test(
  "builders on a network of their own share nothing with the rest but NATS and S3, and the package comes out",
  async () => {
    await using island = await startIsland();
    await using data = await makeDataDirectory();
    await using kiln = await startKiln(
      data.path,
      island.environment,
      "tests/support/without-builder.ts",
    );
    const builders = await Promise.all([island.startBuilder(), island.startBuilder()]);
    const add = (pkgbuild: string) =>
      kiln.post("/package/add", {
        replace: false,
        build: false,
        source: { type: "raw", pkgbuild, devel: false },
      });
    await add(pkgbuildOf("s3-lib"));
    await add(large(pkgbuildOf("s3-other", [], "head -c 20000000 /dev/urandom > noise")));
    await add(pkgbuildOf("s3-app", ["depends=(s3-lib s3-other)"]));

    const packages = ["s3-lib", "s3-other", "s3-app"];
    await kiln.post("/build", { packages, clean: false, resolve: true, force: true });

    const success = { state: "success" };
    expect(await kiln.ends(...packages)).toEqual({
      "s3-lib": success,
      "s3-other": success,
      "s3-app": success,
    });
    expect(await installSigned(kiln.url, ["s3-app"])).toEqual(packages.toSorted());
    const log = await kiln.request("/package/s3-app/build/latest/logs");
    expect(await log.json()).toContain("installing s3-other");
    expect(existsSync(join(data.path, "blobs"))).toBe(false);
    const { port } = new URL(kiln.url);
    const world: [string, string][] = [
      ["nats", "4222"],
      ["s3", "7070"],
      [island.gateway, port],
      ["127.0.0.1", port],
    ];
    for (const builder of builders) {
      expect(await reachedBy(builder, world)).toEqual(["nats", "s3"]);
      expect(await builder.mounted()).toEqual(
        expect.arrayContaining([expect.stringMatching(/docker.sock true$/)]),
      );
      expect((await builder.mounted()).filter((it) => it.endsWith(" true"))).toHaveLength(1);
      expect(await builder.bash("ls /data")).toBe("blob-cache");
    }
  },
  minutes(5),
);
