import { expect, test } from "vitest";
import { minutes } from "#shared/time.ts";
import { startAur } from "../support/aur.ts";
import { installSigned } from "../support/install-signed.ts";
import { makeDataDirectory, pkgbuildOf, startKiln } from "../support/kiln.ts";

const chain = { "road-lib": [], "road-mid": ["road-lib"], "road-app": ["road-mid", "bash"] };

const add = (source: object) => ({ replace: false, source });

test(
  "an AUR package comes with its AUR dependencies, built in order, and pacman installs them signed",
  async () => {
    await using aur = await startAur();
    for (const [pkgbase, depends] of Object.entries(chain)) {
      const lines = depends.map((it) => `depends+=(${it})`);
      await aur.add({
        pkgbase,
        pkgbuild: pkgbuildOf(pkgbase, lines),
        srcinfo: srcinfoOf(pkgbase, depends),
      });
    }
    await using data = await makeDataDirectory();
    await using kiln = await startKiln(data.path, { AUR_URL: aur.url });

    const answer = await kiln.post("/package/add", add({ type: "aur", name: "road-app" }));

    const added: { base: string; dependency: boolean }[] = await answer.json();
    expect(added.map(({ base, dependency }) => [base, dependency])).toEqual([
      ["road-app", false],
      ["road-lib", true],
      ["road-mid", true],
    ]);
    const success = { state: "success" };
    expect(await kiln.ends("road-lib", "road-mid", "road-app")).toEqual({
      "road-lib": success,
      "road-mid": success,
      "road-app": success,
    });
    const ended = await Promise.all(
      Object.keys(chain).map(async (base) => {
        const [build] = await kiln.buildsOf(base);
        return build?.ended ?? "";
      }),
    );
    expect(ended).toEqual([...ended].sort());
    expect(await installSigned(kiln.url, ["road-app"])).toEqual(Object.keys(chain).sort());
  },
  minutes(3),
);

test(
  "a dependent of a build that fails is cancelled, and what is served stays",
  async () => {
    await using data = await makeDataDirectory();
    await using kiln = await startKiln(data.path);
    const raw = (pkgbuild: string) => ({
      replace: true,
      build: false,
      source: { type: "raw", pkgbuild, devel: false },
    });
    const build = (...packages: string[]) =>
      kiln.post("/build", { packages, clean: false, resolve: true, force: true });
    await kiln.post("/package/add", raw(pkgbuildOf("fails-lib")));
    await kiln.post("/package/add", raw(pkgbuildOf("fails-app", ["depends=(fails-lib)"])));
    await build("fails-lib", "fails-app");
    await kiln.ends("fails-lib", "fails-app");

    await kiln.post("/package/add", raw(pkgbuildOf("fails-lib", ["pkgrel=2"], "false")));
    await build("fails-lib", "fails-app");

    expect(await kiln.ends("fails-lib", "fails-app")).toEqual({
      "fails-lib": { state: "failure" },
      "fails-app": {
        state: "cancelled",
        info: "failed to build dependency fails-lib successfully",
      },
    });
    expect(await installSigned(kiln.url, ["fails-app"])).toEqual(["fails-app", "fails-lib"]);
  },
  minutes(3),
);

const srcinfoOf = (pkgbase: string, depends: readonly string[]) =>
  [
    `pkgbase = ${pkgbase}`,
    ...["pkgdesc = a test", "pkgver = 1", "pkgrel = 1", "arch = any", "license = MIT"].map(tabbed),
    ...depends.map((it) => tabbed(`depends = ${it}`)),
    "",
    `pkgname = ${pkgbase}`,
    "",
  ].join("\n");

const tabbed = (line: string) => `\t${line}`;
