import { expect, test, vi } from "vitest";
import { minutes } from "#shared/time.ts";
import { installSigned } from "../support/install-signed.ts";
import { makeDataDirectory, pkgbuildOf, startKiln } from "../support/kiln.ts";
import { containersOf, programsIn } from "../support/left-over.ts";

const runtimes = ["deno", "node 24"] as const;

const startUnder = (runtime: (typeof runtimes)[number], directory: string) =>
  startKiln(directory, {}, "services/all.ts", runtime);

const raw = (pkgbuild: string) => ({
  replace: false,
  source: { type: "raw", pkgbuild, devel: false },
});

test.each(runtimes)(
  "under %s a package is added, built, and installed by pacman",
  async (runtime) => {
    const pkgbase = `runs-${runtime.replace(" ", "-")}`;
    await using data = await makeDataDirectory();
    await using kiln = await startUnder(runtime, data.path);

    const added = await kiln.post("/package/add", raw(pkgbuildOf(pkgbase)));

    expect(added.status).toBe(200);
    expect(await kiln.ends(pkgbase)).toEqual({ [pkgbase]: { state: "success" } });
    expect(await installSigned(kiln.url, [pkgbase])).toEqual([pkgbase]);
  },
  minutes(4),
);

test.each(runtimes)(
  "under %s Ctrl-C ends everything, with a build in work and live events open",
  async (runtime) => {
    const pkgbase = `stops-${runtime.replace(" ", "-")}`;
    await using data = await makeDataDirectory();
    await using kiln = await startUnder(runtime, data.path);
    await kiln.post("/package/add", raw(pkgbuildOf(pkgbase, [], "sleep 600")));
    const events = await kiln.request(`/package/${pkgbase}/build/logs/subscribe`);
    const read = events.text().then(
      () => "ended",
      () => "ended",
    );
    await vi.waitFor(async () => expect(await containersOf([pkgbase])).toBe(1), {
      timeout: minutes(1),
    });

    const exitCode = await kiln.stop();

    expect(exitCode).toBe(0);
    expect(await read).toBe("ended");
    expect(await programsIn(data.path)).toEqual([]);
    expect(await containersOf([pkgbase])).toBe(0);
  },
  minutes(2),
);
