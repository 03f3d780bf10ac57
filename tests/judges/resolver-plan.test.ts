import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { expect, test } from "vitest";
import { packageRemoved } from "#shared/messages/package.ts";
import { Pkgbase, Pkgname } from "#shared/model.ts";
import { packages } from "#shared/state/packages.ts";
import { artifacts } from "#shared/state/repo.ts";
import { officialDatabases } from "#shared/state/sources.ts";
import { recipe } from "../support/recipe.ts";
import { startResolver } from "../support/resolver.ts";

const quiet = { current: false, needs: [], missing: [], unbuilt: [], problem: null };

test("a chain is ordered, and its dependencies wait for nobody", async () => {
  await using it = await startResolver();
  await it.aur.add(recipe({ pkgbase: "demo-app", depends: ["demo-mid"] }));
  await it.aur.add(recipe({ pkgbase: "demo-mid", depends: ["demo-lib", "glibc"] }));
  await it.aur.add(recipe({ pkgbase: "demo-lib" }));
  await it.adopt({ type: "aur", name: "demo-app" });

  expect(await it.plan(["demo-app", "demo-lib", "demo-mid"])).toEqual([
    { ...quiet, pkgbase: "demo-app", needs: ["demo-lib", "demo-mid"] },
    { ...quiet, pkgbase: "demo-lib" },
    { ...quiet, pkgbase: "demo-mid", needs: ["demo-lib"] },
  ]);
  expect(await it.plan(["demo-app"], ["demo-mid"])).toEqual([
    { ...quiet, pkgbase: "demo-app", needs: ["demo-mid"] },
  ]);
  expect(await it.plan(["demo-mid", "gone"])).toEqual([
    { ...quiet, pkgbase: "demo-mid", missing: ["demo-lib"], unbuilt: ["demo-lib"] },
    { ...quiet, pkgbase: "gone", problem: "package with base gone is not added" },
  ]);
});

test("a published state is current until the AUR has another version, which is then fetched", async () => {
  await using it = await startResolver();
  await it.aur.add(recipe({ pkgbase: "demo" }));
  await it.adopt({ type: "aur", name: "demo" });
  await it.publish("demo");
  const before = await it.sourceOf("demo");
  const requests = it.aur.requests.git;

  const current = await it.plan(["demo"]);
  const asked = it.aur.requests.git - requests;
  const next = recipe({ pkgbase: "demo", version: "2-1" });
  const revision = await it.aur.update(next);
  it.world.clock.at += 1_000;
  const changed = await it.plan(["demo"]);

  expect(current).toEqual([{ ...quiet, pkgbase: "demo", current: true }]);
  expect(asked).toBe(0);
  expect(changed).toEqual([{ ...quiet, pkgbase: "demo" }]);
  const after = await it.sourceOf("demo");
  expect(after).toEqual({
    ...before,
    state: "2-1",
    revision,
    srcinfo: next.srcinfo,
    snapshotSha256: expect.not.stringMatching(before.snapshotSha256),
    snapshotBytes: expect.any(Number),
    changedAt: 1_700_000_001_000,
    fetchedAt: it.world.now(),
  });
});

test("a git source is fetched again when its HEAD has moved, and only then", async () => {
  await using it = await startResolver();
  const custom = recipe({ pkgbase: "custom" });
  const first = await it.aur.add(custom);
  await it.adopt({ type: "git", url: `${it.aur.url}/custom.git`, devel: false });
  const before = await it.sourceOf("custom");

  await it.plan(["custom"]);
  const unchanged = await it.sourceOf("custom");
  const second = await it.aur.update({ ...custom, files: { "fix.patch": "fix" } });
  await it.plan(["custom"]);

  expect(unchanged).toEqual(before);
  expect([before.state, (await it.sourceOf("custom")).state]).toEqual([first, second]);
});

test("a devel package is stale when what it follows has moved", async () => {
  await using it = await startResolver();
  const upstream = recipe({ pkgbase: "upstream" });
  const first = await it.aur.add(upstream);
  const url = `git+${it.aur.url}/upstream.git`;
  await it.aur.add(
    recipe({ pkgbase: "demo-git", source: [url, "git+https://no.such/x#commit=abc"] }),
  );
  await it.adopt({ type: "aur", name: "demo-git" });
  await it.publish("demo-git");
  const before = await it.sourceOf("demo-git");

  const [current] = await it.plan(["demo-git"]);
  const second = await it.aur.update({ ...upstream, files: { more: "of it" } });
  const [stale] = await it.plan(["demo-git"]);

  expect([current?.current, stale?.current]).toEqual([true, false]);
  const after = await it.sourceOf("demo-git");
  expect([before.state, after.state]).toEqual([`1-1${first}abc`, `1-1${second}abc`]);
  expect(after.snapshotSha256).toBe(before.snapshotSha256);
});

test("what cannot be updated is said, and the last source stays", async () => {
  await using it = await startResolver();
  await it.aur.add(recipe({ pkgbase: "demo" }));
  await it.aur.add(recipe({ pkgbase: "custom" }));
  await it.adopt({ type: "aur", name: "demo" });
  await it.adopt({ type: "git", url: `${it.aur.url}/custom.git`, devel: false });
  const before = await it.rows();
  it.aur.faults.down = true;

  const plan = await it.plan(["demo", "custom"]);

  expect(plan).toEqual([
    {
      ...quiet,
      pkgbase: "demo",
      problem: `cannot ask the AUR at ${it.aur.url}: it answered 503 Service Unavailable`,
    },
    { ...quiet, pkgbase: "custom", problem: expect.stringContaining("failed to look for HEAD in") },
  ]);
  expect(await it.rows()).toEqual(before);
});

test("an update that names another pkgbase is no update", async () => {
  await using it = await startResolver();
  const custom = recipe({ pkgbase: "custom" });
  await it.aur.add(custom);
  await it.adopt({ type: "git", url: `${it.aur.url}/custom.git`, devel: false });
  await it.aur.update({ ...custom, srcinfo: recipe({ pkgbase: "other" }).srcinfo });

  const plan = await it.plan(["custom"]);

  const problem = "the .SRCINFO names pkgbase other, expected custom";
  expect(plan).toEqual([{ ...quiet, pkgbase: "custom", problem }]);
  expect((await it.sourceOf("custom")).srcinfo).toBe(custom.srcinfo);
});

test("the override of a .SRCINFO counts from the next plan on, and so does its end", async () => {
  await using it = await startResolver();
  const custom = recipe({ pkgbase: "custom" });
  const generated = recipe({ pkgbase: "custom", depends: ["bash"] }).srcinfo;
  await it.aur.add(custom);
  await it.adopt({ type: "git", url: `${it.aur.url}/custom.git`, devel: false });
  it.builder.srcinfo = generated;
  const override = (srcinfoOverride: boolean) =>
    it.world.state.write((transaction) => transaction.update(packages).set({ srcinfoOverride }));
  const planned = async () => {
    await it.plan(["custom"]);
    return (await it.sourceOf("custom")).srcinfo;
  };

  await override(true);
  expect(await planned()).toBe(generated);
  await override(false);
  expect(await planned()).toBe(custom.srcinfo);
});

test("the AUR is asked once about all packages of a session", async () => {
  await using it = await startResolver();
  await it.aur.add(recipe({ pkgbase: "one" }));
  await it.aur.add(recipe({ pkgbase: "two", packages: { "two-a": [], "two-b": [] } }));
  await it.adopt({ type: "aur", name: "one" });
  await it.adopt({ type: "aur", name: "two-b" });
  const before = { ...it.aur.requests };

  await it.plan(["one", "two"]);

  expect(it.aur.requests).toEqual({ rpc: before.rpc + 1, git: before.git });
});

test("a mirror that is gone counts as it was last seen", async () => {
  await using it = await startResolver();
  await it.aur.add(recipe({ pkgbase: "demo", depends: ["glibc"] }));
  await it.adopt({ type: "aur", name: "demo" });
  const known = await it.world.state.read.select().from(officialDatabases);
  await writeFile(join(it.world.directory, "mirror/core/os/x86_64/core.db"), "<html>no database");

  const plan = await it.plan(["demo"]);

  expect(plan).toEqual([{ ...quiet, pkgbase: "demo" }]);
  expect(await it.world.state.read.select().from(officialDatabases)).toEqual(known);
});

test("what is published meets a need, in the version that it has", async () => {
  await using it = await startResolver();
  await it.aur.add(recipe({ pkgbase: "needy", depends: ["lib>=2", "lib<9"] }));
  await it.aur.add(recipe({ pkgbase: "lib", version: "3-1" }));
  await it.adopt({ type: "aur", name: "needy" });
  const file = {
    filename: "lib-1-1-any.pkg.tar.zst",
    sha256: "a".repeat(64),
    bytes: 1,
    arch: "any",
  };
  await it.publish("lib");
  await it.world.state.write((transaction) =>
    transaction.insert(artifacts).values({
      ...file,
      pkgname: v.parse(Pkgname, "lib"),
      pkgbase: v.parse(Pkgbase, "lib"),
      version: "1-1",
      depends: [],
      provides: [],
      desc: "",
      filesSha256: "",
      frame: 0,
    }),
  );

  expect(await it.plan(["needy"])).toEqual([{ ...quiet, pkgbase: "needy", missing: ["lib>=2"] }]);
});

test("a removed package's sources go, and those of one added again stay", async () => {
  await using it = await startResolver();
  await it.aur.add(recipe({ pkgbase: "demo" }));
  const pkgbase = v.parse(Pkgbase, "demo");
  await it.adopt({ type: "aur", name: "demo" });
  const removedAt = it.world.now();
  await it.world.state.write((transaction) => transaction.delete(packages));
  it.world.clock.at += 1_000;
  await it.adopt({ type: "aur", name: "demo" });

  await it.world.publish(packageRemoved, { pkgbase, at: removedAt });

  const [kept, ...others] = await it.rows();
  const [package_] = await it.world.state.read.select().from(packages);
  expect(others).toEqual([]);
  expect(kept?.id).toBe(package_?.source);
});
