import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { expect, test } from "vitest";
import { SourceList } from "#shared/recipe-views.ts";
import { minutes } from "#shared/time.ts";
import { startAur } from "../support/aur.ts";
import { installCommandLine } from "../support/installed-command-line.ts";
import { makeDataDirectory, pkgbuildOf, startKiln } from "../support/kiln.ts";
import { recipe } from "../support/recipe.ts";

test(
  "a package is added, followed, listed, built again, read and removed from the command line",
  async () => {
    await using data = await makeDataDirectory();
    await using kiln = await startKiln(data.path);
    const run = await installCommandLine(data.path, kiln.url);
    const pkgbuild = join(data.path, "PKGBUILD");
    await writeFile(pkgbuild, pkgbuildOf("told", [], "echo heard-from-the-container"));

    const added = await run("add", "--pkgbuild", pkgbuild, "--follow");
    const listed = await run("list");
    const again = await run("build", "told", "--wait");
    const forced = await run("build", "told", "--force", "--follow");
    const log = await run("logs", "told");
    const removed = await run("remove", "told");
    const unknown = await run("info", "told");

    expect(added.stdout).toContain("heard-from-the-container");
    expect(added.stdout).toMatch(/told 1\S*: success after .* s$/);
    expect(listed.stdout).toMatch(/^told +1\S* +success +/m);
    expect(again.stdout).toBe("told: nothing to build, it is up to date");
    expect(forced.stdout).toContain("heard-from-the-container");
    expect(log.stdout).toContain("heard-from-the-container");
    expect(removed.stdout).toBe("removed told");
    expect(unknown.stderr).toMatch(/^kiln: package with base told is not added/);
    const codes = [added, listed, again, forced, log, removed, unknown].map((it) => it.exitCode);
    expect(codes).toEqual([0, 0, 0, 0, 0, 0, 3]);
  },
  minutes(3),
);

test(
  "what the AUR changed is shown before it is published, and an older source can be built again",
  async () => {
    await using aur = await startAur();
    const version = (pkgver: number, build: string) => {
      const srcinfo = recipe({ pkgbase: "moved", version: `${pkgver}-1` }).srcinfo;
      const pkgbuild = pkgbuildOf("moved", [], build).replace("pkgver=1", `pkgver=${pkgver}`);
      return { pkgbase: "moved", pkgbuild, srcinfo };
    };
    await aur.add(version(1, ":"));
    await using data = await makeDataDirectory();
    await using kiln = await startKiln(data.path, { AUR_URL: aur.url });
    const run = await installCommandLine(data.path, kiln.url);
    const directory = join(data.path, "moved");

    await run("add", "moved");
    const fetches = aur.requests.git;
    const first = await kiln.ends("moved");
    const fetchedByBuild = aur.requests.git - fetches;
    const whole = await run("diff", "moved");
    await aur.update(version(2, "false"));
    const failed = await run("build", "moved", "--wait");
    const diff = await run("diff", "moved");
    const written = await run("sources", "moved", "-o", directory);
    const listed = await run("sources", "moved", "--json");
    const { sources } = v.parse(SourceList, JSON.parse(listed.stdout));
    const older = sources.find((it) => it.published)?.id ?? "";
    const again = await run("build", "moved", "--source", older, "--force", "--wait");
    const unknown = await run("diff", "moved", "published", crypto.randomUUID());

    expect(first).toEqual({ moved: { state: "success" } });
    expect(fetchedByBuild).toBe(0);
    expect(whole.stderr).toBe("the recipe of moved is the same");
    expect(failed.exitCode).toBe(1);
    expect(diff.stdout.split("\n").filter((line) => /^[-+]/.test(line))).toEqual([
      "--- a/PKGBUILD",
      "+++ b/PKGBUILD",
      "-pkgver=1",
      "+pkgver=2",
      "-build() { :; }",
      "+build() { false; }",
      "--- a/.SRCINFO",
      "+++ b/.SRCINFO",
      "-\tpkgver = 1",
      "+\tpkgver = 2",
    ]);
    expect(written.stdout.split("\n").sort()).toEqual(
      [".SRCINFO", "PKGBUILD"].map((name) => join(directory, name)),
    );
    expect(await readFile(join(directory, "PKGBUILD"), "utf8")).toContain("pkgver=2");
    expect(sources.map((it) => [it.version, it.published, it.next])).toEqual([
      ["2-1", false, true],
      ["1-1", true, false],
    ]);
    expect(again.stdout).toMatch(/^moved 1-1: success after /);
    expect(unknown.exitCode).toBe(3);
  },
  minutes(3),
);

test("a command line that was installed alone starts no server, and says what does", async () => {
  await using data = await makeDataDirectory();
  const run = await installCommandLine(data.path, "http://127.0.0.1:1");

  const started = await run("start");
  const listed = await run("list");

  expect([started.exitCode, started.stderr]).toEqual([
    1,
    'kiln: only kiln\'s command line is installed here; "npm start" in a checkout of kiln starts a server',
  ]);
  expect(listed.exitCode).toBe(5);
});
