import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { generateSrcinfo } from "#shared/messages/resolve.ts";
import { packages } from "#shared/state/packages.ts";
import { sourceChecks } from "#shared/state/sources.ts";
import { recipe } from "../support/recipe.ts";
import { quiet, startResolver } from "../support/resolver.ts";

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
    id: changed[0]?.source,
    state: "2-1",
    revision,
    srcinfo: next.srcinfo,
    snapshotSha256: expect.not.stringMatching(before.snapshotSha256),
    snapshotBytes: expect.any(Number),
    changedAt: 1_700_000_001_000,
    aur: { ...before.aur, lastModified: 1_700_000_002_000 },
    fetchedAt: it.world.now(),
  });
  expect(await it.rows()).toEqual(expect.arrayContaining([before, after]));
  expect(current[0]?.source).toBe(before.id);
});

test("a package that changes hands has a new source row, and is up to date as before", async () => {
  await using it = await startResolver();
  const demo = recipe({ pkgbase: "demo" });
  await it.aur.add(demo);
  await it.adopt({ type: "aur", name: "demo" });
  await it.publish("demo");
  const before = await it.sourceOf("demo");
  it.aur.list({ ...demo, maintainer: "somebody-else" });
  it.world.clock.at += 1_000;

  const [plan] = await it.plan(["demo"]);

  const after = await it.sourceOf("demo");
  expect(plan).toEqual({ ...quiet, pkgbase: "demo", source: after.id, current: true });
  expect(after.id).not.toBe(before.id);
  expect(after).toEqual({
    ...before,
    id: after.id,
    aur: { ...before.aur, maintainer: "somebody-else" },
    fetchedAt: it.world.now(),
  });
});

test("what has no commit is as old as the first fetch of the same files", async () => {
  await using it = await startResolver();
  const { pkgbuild, srcinfo } = recipe({ pkgbase: "custom" });
  it.builder.srcinfo = srcinfo;
  const blob = await it.world.blobs.put(Buffer.from(pkgbuild));
  const first = it.world.now();
  await it.adopt({ type: "raw", pkgbuild: blob, devel: false });
  it.world.clock.at += 1_000;
  it.builder.srcinfo = recipe({ pkgbase: "custom", depends: ["bash"] }).srcinfo;

  await it.adopt({ type: "raw", pkgbuild: blob, devel: false }, true);

  const { changedAt, fetchedAt } = await it.sourceOf("custom");
  expect({ changedAt, fetchedAt }).toEqual({ changedAt: first, fetchedAt: first + 1_000 });
});

test("a source that was ordered is planned as it is, and nothing is fetched", async () => {
  await using it = await startResolver();
  const demo = recipe({ pkgbase: "demo" });
  await it.aur.add(demo);
  await it.adopt({ type: "aur", name: "demo" });
  const { id } = await it.sourceOf("demo");
  await it.aur.update(recipe({ pkgbase: "demo", version: "2-1" }));
  await it.plan(["demo"]);
  const before = { ...it.aur.requests };

  const plan = await it.plan(["demo"], [], { demo: id });

  expect(plan).toEqual([{ ...quiet, pkgbase: "demo", source: id }]);
  expect((await it.sourceOf("demo")).state).toBe("2-1");
  expect(it.aur.requests).toEqual(before);
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
      problemKind: "unasked",
    },
    {
      ...quiet,
      pkgbase: "custom",
      problem: expect.stringContaining("failed to look for HEAD in"),
      problemKind: "unasked",
    },
  ]);
  expect(await it.rows()).toEqual(before);
  const checks = await it.world.state.read
    .select()
    .from(sourceChecks)
    .orderBy(sourceChecks.pkgbase);
  expect(checks.map(({ problem }) => problem)).toEqual([plan[1]?.problem, plan[0]?.problem]);
});

test("a session that needs a builder waits for one, so that no old source is built", async () => {
  await using it = await startResolver();
  const { pkgbase, pkgbuild, srcinfo } = recipe({ pkgbase: "custom" });
  it.builder.srcinfo = srcinfo;
  await it.aur.add({ pkgbase, pkgbuild });
  await it.aur.add(recipe({ pkgbase: "demo" }));
  await it.adopt({ type: "git", url: `${it.aur.url}/custom.git`, devel: false });
  await it.adopt({ type: "aur", name: "demo" });
  const away = new Fault("unavailable", "nobody answers srcinfo.generate");
  await it.world.bus.answer("builder", generateSrcinfo, () => Promise.reject(away));
  const revision = await it.aur.update({ pkgbase, pkgbuild, files: { "fix.patch": "fix" } });

  const refused = it.plan(["custom", "demo"]);
  await expect(refused).rejects.toBe(away);
  await it.world.bus.answer("builder", generateSrcinfo, async () => ({
    kind: "generated" as const,
    srcinfo,
  }));
  const planned = await it.plan(["custom", "demo"]);

  expect(planned).toEqual([
    { ...quiet, pkgbase: "custom" },
    { ...quiet, pkgbase: "demo" },
  ]);
  expect(await it.sourceOf("custom")).toMatchObject({ revision });
});

test("an update that names another pkgbase is no update", async () => {
  await using it = await startResolver();
  const custom = recipe({ pkgbase: "custom" });
  await it.aur.add(custom);
  await it.adopt({ type: "git", url: `${it.aur.url}/custom.git`, devel: false });
  await it.aur.update({ ...custom, srcinfo: recipe({ pkgbase: "other" }).srcinfo });

  const plan = await it.plan(["custom"]);

  const problem = "the .SRCINFO names pkgbase other, expected custom";
  expect(plan).toEqual([{ ...quiet, pkgbase: "custom", problem, problemKind: "unusable" }]);
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
