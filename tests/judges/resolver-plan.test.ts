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

const quiet = {
  source: expect.any(String),
  current: false,
  needs: [],
  missing: [],
  unbuilt: [],
  problem: null,
};

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
    { ...quiet, pkgbase: "gone", source: null, problem: "package with base gone is not added" },
  ]);
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
  expect(others).toEqual([]);
  expect(kept).toEqual(await it.sourceOf("demo"));
});
