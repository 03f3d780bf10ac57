import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, inject, test } from "vitest";
import { minutes } from "#shared/time.ts";
import { startAur } from "../support/aur.ts";
import { makeDataDirectory, startKiln } from "../support/kiln.ts";
import { type PlainRecipe, plainRecipes } from "../support/plain-recipes.ts";
import { runProgram } from "../support/program.ts";
import { startRunner } from "../support/runner-container.ts";
import { makeScratch } from "../support/scratch.ts";

const packager = "A B <a@example.org>";

/** The commits of the AUR's stand-in are a second apart, and a commit's time is its build's SOURCE_DATE_EPOCH. */
const epochOf = (at: number) => 1_700_000_000 + at;

/** What makepkg builds of all recipes, one after the other, in a container of the image that kiln builds in. */
const buildPlainly = async (recipes: readonly PlainRecipe[], folder: string) => {
  await using runner = await startRunner(inject("dockerUrl"), inject("runnerImage"));
  const sources = join(folder, "recipes");
  for (const [at, { pkgbuild, files = {} }] of recipes.entries())
    for (const [path, content] of Object.entries({ PKGBUILD: pkgbuild, ...files })) {
      await mkdir(dirname(join(sources, String(at), path)), { recursive: true });
      await writeFile(join(sources, String(at), path), content);
    }
  await runner.copyIn(sources, "/build/recipes");
  await runner.exec("root", ["chown", "-R", "build:", "/build/recipes"]);
  const each = `set -e; ulimit -Sn 1024; mkdir -p /build/plain
    for at in {0..${recipes.length - 1}}; do
      cd /build/recipes/$at
      makepkg --printsrcinfo > /build/plain/$at.srcinfo
      SOURCE_DATE_EPOCH=$((${epochOf(0)} + at)) PKGDEST=/build/plain makepkg --nodeps --noconfirm
    done`;
  const { exitCode, output } = await runner.exec("build", ["bash", "-c", each]);
  if (exitCode !== 0) throw new Error(output);
  await runner.copyOut("/build/plain", folder);
  return join(folder, "plain");
};

/** The .PKGINFO, the .MTREE without the line of .BUILDINFO, and the list of files of a package. */
const contentOf = async (path: string) => {
  const pkginfo = await runProgram("bsdtar", ["-xOf", path, ".PKGINFO"]);
  const mtree = await runProgram("bash", ["-c", 'bsdtar -xOf "$1" .MTREE | zcat', "--", path]);
  const listed = await runProgram("bsdtar", ["--numeric-owner", "-tvf", path]);
  return {
    pkginfo: pkginfo.split("\n"),
    mtree: mtree.split("\n").filter((line) => !line.startsWith("./.BUILDINFO ")),
    listed: listed.split("\n").filter((line) => !/ \.(BUILDINFO|MTREE)$/.test(line)),
  };
};

/**
 * What differs: .BUILDINFO names the packages that were installed and the folder that was built in, and .MTREE its hash.
 */
test(
  "kiln publishes what plain makepkg builds, file for file",
  async () => {
    await using scratch = await makeScratch();
    const plain = await buildPlainly(plainRecipes, scratch.path);
    await using aur = await startAur();
    const names: string[] = [];
    for (const [at, { pkgbase, pkgbuild, files = {} }] of plainRecipes.entries()) {
      const srcinfo = await readFile(join(plain, `${at}.srcinfo`), "utf8");
      await aur.add({ pkgbase, pkgbuild, srcinfo, files });
      names.push(/^pkgname = (.*)$/m.exec(srcinfo)?.[1] ?? "");
    }
    await using data = await makeDataDirectory();
    await using kiln = await startKiln(data.path, { AUR_URL: aur.url, PACKAGER: packager });

    for (const name of names) {
      const source = { type: "aur", name };
      const answer = await kiln.post("/package/add", { replace: false, source });
      expect([name, answer.status, answer.ok ? "" : await answer.text()]).toEqual([name, 200, ""]);
    }
    const ends = await kiln.ends(...plainRecipes.map(({ pkgbase }) => pkgbase));

    expect(ends).toEqual(
      Object.fromEntries(plainRecipes.map(({ pkgbase }) => [pkgbase, { state: "success" }])),
    );
    const served = join(data.path, "repository");
    const packagesIn = async (folder: string) =>
      (await readdir(folder)).filter((name) => /\.pkg\.tar\.?\w*$/.test(name)).sort();
    const built = await packagesIn(plain);
    expect(await packagesIn(served)).toEqual(built);
    for (const name of built)
      expect({ name, ...(await contentOf(join(served, name))) }).toEqual({
        name,
        ...(await contentOf(join(plain, name))),
      });
    console.info(
      `plain makepkg: ${plainRecipes.length} recipes, ${built.length} packages, no difference that is not listed`,
    );
  },
  minutes(5),
);
