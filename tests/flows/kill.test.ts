import { setTimeout as moment } from "node:timers/promises";
import { expect, test } from "vitest";
import { minutes } from "#shared/time.ts";
import { installSigned } from "../support/install-signed.ts";
import { makeDataDirectory, pkgbuildOf, startKiln } from "../support/kiln.ts";
import { containersOf, programsIn } from "../support/left-over.ts";
import { seeded } from "../support/seeded.ts";

/** Kills, by turns while the first of two packages is built and while the second is, each after a random time. */
const kills = 20;

const packages = ["killed-lib", "killed-app"] as const;

test(
  `kiln, killed ${kills} times while it builds, ends every build once and keeps its repository whole`,
  async () => {
    await using data = await makeDataDirectory();
    const random = seeded(20);
    const add = (pkgbuild: string) => ({
      replace: false,
      build: false,
      source: { type: "raw", pkgbuild, devel: false },
    });
    const order = { packages, clean: false, resolve: true, force: true };
    const undisturbed = await (async () => {
      await using kiln = await startKiln(data.path);
      await kiln.post("/package/add", add(pkgbuildOf("killed-lib", [], "sleep 1")));
      await kiln.post(
        "/package/add",
        add(pkgbuildOf("killed-app", ["depends=(killed-lib)"], "sleep 1")),
      );
      const from = performance.now();
      await kiln.post("/build", order);
      await kiln.ends(...packages);
      return performance.now() - from;
    })();
    const moments = new Set<string>();

    for (let round = 2; round <= kills + 1; round++) {
      const kiln = await startKiln(data.path);
      const answer = await kiln.post("/build", order);
      expect(answer.status).toBe(200);
      if (round % 2 === 1) await kiln.ends("killed-lib");
      await moment((random() * undisturbed) / 2);
      const at = (await Promise.all(packages.map(kiln.stepOf))).join(", ");
      moments.add(at);
      await kiln.kill();
      await expect.poll(() => programsIn(data.path), { timeout: 15_000 }).toEqual([]);

      await using again = await startKiln(data.path);
      const ends = await again.ends(...packages);
      const builds = await Promise.all(packages.map(again.buildsOf));

      expect(ends, `killed at ${at}`).toEqual({
        "killed-lib": { state: "success" },
        "killed-app": { state: "success" },
      });
      expect(builds.map((its) => its.length)).toEqual([round, round]);
      expect(await installSigned(again.url, ["killed-app"])).toEqual(["killed-app", "killed-lib"]);
      await expect.poll(() => containersOf(packages), { timeout: 30_000 }).toBe(0);
    }

    expect([...moments]).toContainEqual(expect.stringMatching(/^running.*, pending/));
    expect([...moments]).toContainEqual(expect.stringMatching(/^success.*, running/));
    expect(await programsIn(data.path)).toEqual([]);
  },
  minutes(20),
);
