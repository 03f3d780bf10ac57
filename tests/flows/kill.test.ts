import { setTimeout as moment } from "node:timers/promises";
import { expect, test } from "vitest";
import { minutes, seconds } from "#shared/time.ts";
import { installSigned } from "../support/install-signed.ts";
import { makeDataDirectory, pkgbuildOf, startKiln } from "../support/kiln.ts";
import { containersOf, programsIn } from "../support/left-over.ts";
import { seeded } from "../support/seeded.ts";

const packages = ["killed-lib", "killed-app"] as const;

/** Where the first and the second package are when kiln is killed, as `stepOf` tells it. */
const moments = [/^running :: kiln :: .*, pending/, /^success .*, running :: kiln :: /];

test(
  "kiln, killed while it builds a package and again while it builds the one that needs it, ends every build once and keeps its repository whole",
  async () => {
    await using data = await makeDataDirectory();
    const random = seeded(20);
    const add = (pkgbuild: string) => ({
      replace: false,
      build: false,
      source: { type: "raw", pkgbuild, devel: false },
    });
    const order = { packages, clean: false, resolve: true, force: true };
    {
      await using kiln = await startKiln(data.path);
      await kiln.post("/package/add", add(pkgbuildOf("killed-lib", [], "sleep 1")));
      await kiln.post(
        "/package/add",
        add(pkgbuildOf("killed-app", ["depends=(killed-lib)"], "sleep 1")),
      );
    }

    for (const [round, at] of moments.entries()) {
      const kiln = await startKiln(data.path);
      const steps = async () => (await Promise.all(packages.map(kiln.stepOf))).join(", ");
      expect((await kiln.post("/build", order)).status).toBe(200);
      await expect.poll(steps, { timeout: minutes(3), interval: 20 }).toMatch(at);
      await moment(random() * seconds(1));
      await kiln.kill();
      await expect.poll(() => programsIn(data.path), { timeout: 15_000 }).toEqual([]);

      await using again = await startKiln(data.path);
      const ends = await again.ends(...packages);
      const builds = await Promise.all(packages.map(again.buildsOf));

      expect(ends).toEqual({
        "killed-lib": { state: "success" },
        "killed-app": { state: "success" },
      });
      expect(builds.map((its) => its.length)).toEqual([round + 1, round + 1]);
      expect(await installSigned(again.url, ["killed-app"])).toEqual(["killed-app", "killed-lib"]);
      await expect.poll(() => containersOf(packages), { timeout: 30_000 }).toBe(0);
    }

    expect(await programsIn(data.path)).toEqual([]);
  },
  minutes(10),
);
