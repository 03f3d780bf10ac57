import { expect, test } from "vitest";
import { recipe } from "../support/recipe.ts";
import { quiet, startResolver } from "../support/resolver.ts";

test("a devel package is stale when what it follows has moved", async () => {
  await using it = await startResolver();
  const upstream = recipe({ pkgbase: "upstream" });
  const first = await it.aur.add(upstream);
  const url = `git+${it.aur.url}/upstream.git`;
  await it.aur.add(
    recipe({ pkgbase: "demo-git", source: [url, "git+https://no.such/x#commit=abc"] }),
  );
  await it.adopt({ type: "aur", name: "demo-git" });
  await it.plan(["demo-git"]);
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

test("a devel package whose upstream cannot be asked is not called up to date", async () => {
  await using it = await startResolver();
  await it.aur.add(recipe({ pkgbase: "upstream" }));
  const url = `${it.aur.url}/upstream.git`;
  await it.aur.add(recipe({ pkgbase: "demo-git", source: [`git+${url}`, "svn+file:///x"] }));
  await it.aur.add(recipe({ pkgbase: "other-git", source: [`git+${url}`] }));
  for (const name of ["demo-git", "other-git"]) {
    await it.adopt({ type: "aur", name });
    await it.plan([name]);
    await it.publish(name);
  }
  it.looks.away.add(url);

  const plan = await it.plan(["demo-git", "other-git"]);

  const away = { problem: `${url}: no answer`, problemKind: "unasked" };
  expect(plan).toEqual([
    { ...quiet, ...away, pkgbase: "demo-git", current: false },
    { ...quiet, ...away, pkgbase: "other-git", current: true },
  ]);
});

test("a source that no server can be asked about counts as changed", async () => {
  await using it = await startResolver();
  await it.aur.add(recipe({ pkgbase: "demo-git", source: ["svn+file:///x"] }));
  await it.adopt({ type: "aur", name: "demo-git" });
  await it.plan(["demo-git"]);
  await it.publish("demo-git");

  const plan = await it.plan(["demo-git"]);

  const problem = "file:///x: expected http://, https://, git:// or svn://";
  expect(plan).toEqual([{ ...quiet, pkgbase: "demo-git", problem, problemKind: "unfollowed" }]);
});

test("a PKGBUILD that was repaired without a new version is fetched and built", async () => {
  await using it = await startResolver();
  const demo = recipe({ pkgbase: "demo" });
  await it.aur.add(demo);
  await it.adopt({ type: "aur", name: "demo" });
  await it.publish("demo");
  const revision = await it.aur.update({ ...demo, pkgbuild: `${demo.pkgbuild}\n# repaired\n` });

  const [changed] = await it.plan(["demo"]);

  expect(changed).toEqual({ ...quiet, pkgbase: "demo" });
  expect(await it.sourceOf("demo")).toMatchObject({ id: changed?.source, state: "1-1", revision });
});

test("a package that the AUR has no more is said to be gone, and the last source stays", async () => {
  await using it = await startResolver();
  await it.aur.add(recipe({ pkgbase: "demo" }));
  await it.adopt({ type: "aur", name: "demo" });
  await it.publish("demo");
  const { id } = await it.sourceOf("demo");
  it.aur.delist("demo");

  const plan = await it.plan(["demo"]);

  expect(plan).toEqual([
    {
      ...quiet,
      pkgbase: "demo",
      source: id,
      current: true,
      problem: "the AUR has no package demo any more",
      problemKind: "gone",
    },
  ]);
});
