import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { recipe } from "../support/recipe.ts";
import { startResolver } from "../support/resolver.ts";

test("an add looks at no address that a recipe names, so a dead one neither refuses nor delays it", async () => {
  await using it = await startResolver();
  await it.aur.add(recipe({ pkgbase: "demo-git", source: ["git+http://127.0.0.1:9/x.git"] }));

  const packages = await it.adopt({ type: "aur", name: "demo-git" });

  expect(packages).toMatchObject([{ pkgbase: "demo-git", devel: true, dependency: false }]);
  expect((await it.rows()).map(({ state, commits }) => ({ state, commits }))).toEqual([
    { state: "1-1", commits: null },
  ]);
  expect(it.looks.asked).toEqual([]);
});

test("a plan finds the commit that a devel package follows, by a builder", async () => {
  await using it = await startResolver();
  const upstream = await it.aur.add(recipe({ pkgbase: "upstream" }));
  const url = `${it.aur.url}/upstream.git`;
  await it.aur.add(
    recipe({ pkgbase: "demo-git", source: [`demo::git+${url}#branch=master`, `b::git+${url}`] }),
  );
  await it.adopt({ type: "aur", name: "demo-git" });

  await it.plan(["demo-git"]);

  const { state, commits } = await it.sourceOf("demo-git");
  expect({ state, commits }).toEqual({
    state: `1-1${upstream}${upstream}`,
    commits: [
      { url, ref: "refs/heads/master", commit: upstream },
      { url, ref: "HEAD", commit: upstream },
    ],
  });
  expect(it.looks.asked).toEqual([
    { protocol: "git", url, ref: "refs/heads/master" },
    { protocol: "git", url, ref: "HEAD" },
  ]);
});

test("a .SRCINFO of another pkgbase than the AUR's is refused", async () => {
  await using it = await startResolver();
  const listed = recipe({ pkgbase: "demo-lib" });
  await it.aur.add(listed);
  await it.aur.update({
    pkgbase: "demo-lib",
    pkgbuild: listed.pkgbuild,
    files: { ".SRCINFO": recipe({ pkgbase: "other" }).srcinfo },
  });

  expect(await it.add({ type: "aur", name: "demo-lib" })).toEqual({
    kind: "unusable",
    message: "the .SRCINFO names pkgbase other, expected demo-lib",
  });
});

test("where no .SRCINFO is shipped, a builder reads the PKGBUILD", async () => {
  await using it = await startResolver();
  const { pkgbase, pkgbuild, srcinfo } = recipe({ pkgbase: "custom" });
  const commit = await it.aur.add({ pkgbase, pkgbuild });
  const spec = { type: "git", url: `${it.aur.url}/custom.git`, devel: false };

  const failed = await it.add(spec);
  it.builder.srcinfo = srcinfo;
  const packages = await it.adopt(spec);

  expect(failed).toEqual({
    kind: "unusable",
    message:
      "failed to generate srcinfo for package: srcinfo generation container failed: PKGBUILD: line 1: this: command not found",
  });
  expect(packages).toMatchObject([{ pkgbase, spec, devel: false, dependency: false }]);
  expect((await it.rows()).map(({ state }) => state)).toEqual([commit]);
});

test("a raw PKGBUILD is known by its hash", async () => {
  await using it = await startResolver();
  const { pkgbase, pkgbuild, srcinfo } = recipe({ pkgbase: "raw" });
  it.builder.srcinfo = srcinfo;
  const reference = await it.world.blobs.put(Buffer.from(pkgbuild));
  const spec = { type: "raw", pkgbuild: reference, devel: false };

  const packages = await it.adopt(spec);

  expect(packages).toMatchObject([{ pkgbase, spec, devel: false, dependency: false }]);
  const hash = Buffer.from(reference.sha256, "hex").toString("base64");
  expect((await it.rows()).map(({ state, revision }) => ({ state, revision }))).toEqual([
    { state: hash, revision: null },
  ]);
});

test("a git url that is none is refused before anything is asked", async () => {
  await using it = await startResolver();

  const refused = it.add({ type: "git", url: "ext::sh -c touch% /tmp/canary", devel: false });

  await expect(refused).rejects.toThrow(Fault);
  await expect(it.add({ type: "git", url: "file:///etc", devel: false })).rejects.toThrow(
    new Fault("invalid", 'git url "file:///etc": set GIT_ALLOW_FILE=true to allow file://'),
  );
  expect(it.aur.requests).toEqual({ rpc: 0, git: 0 });
});

test("a git repository that cannot be reached is said in git's words", async () => {
  await using it = await startResolver();
  const url = `${it.aur.url}/none.git`;

  expect(await it.add({ type: "git", url, devel: false })).toEqual({
    kind: "unusable",
    message: `failed to clone git repository: fatal: repository '${url}/' not found`,
  });
});
