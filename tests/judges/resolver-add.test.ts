import * as v from "valibot";
import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { generateSrcinfo, resolveAdd, SourceSpec } from "#shared/messages/resolve.ts";
import { sources } from "#shared/state/sources.ts";
import { recipe } from "../support/recipe.ts";
import { startResolver } from "../support/resolver.ts";

const setup = async (environment: Readonly<Record<string, string>> = {}) => {
  const it = await startResolver(environment);
  const add = (spec: object, replace = false) =>
    it.world.bus.ask(resolveAdd, { spec: v.parse(SourceSpec, spec), replace });
  return {
    ...it,
    add,
    rows: () => it.world.state.read.select().from(sources),
    /** Adds, and makes packages of what was resolved. */
    async addFor(spec: object, replace = false) {
      const answer = await add(spec, replace);
      if (answer.kind !== "resolved") throw new Error(JSON.stringify(answer));
      await it.adopt(answer);
      return answer.packages;
    },
  };
};

const source = expect.any(String);

const chain = [
  recipe({ pkgbase: "demo-app", depends: ["demo-mid>=2"], makedepends: ["cmake"] }),
  recipe({ pkgbase: "demo-mid", version: "1:2-1", depends: ["demo-lib", "bash"] }),
  recipe({ pkgbase: "demo-lib", depends: ["glibc"], checkdepends: ["sh"] }),
];

test("a chain of three comes whole: the asked-for package, then each dependency before what needs it", async () => {
  await using it = await setup();
  for (const package_ of chain) await it.aur.add(package_);

  const answer = await it.add({ type: "aur", name: "demo-app" });

  expect(answer).toEqual({
    kind: "resolved",
    packages: [
      { pkgbase: "demo-app", source, devel: false, dependency: false },
      { pkgbase: "demo-lib", source, devel: false, dependency: true },
      { pkgbase: "demo-mid", source, devel: false, dependency: true },
    ],
  });
  const rows = await it.rows();
  const facts = rows.map(({ pkgbase, spec, state, srcinfo }) => ({
    pkgbase,
    spec,
    state,
    srcinfo,
  }));
  const row = (pkgbase: string, state: string, srcinfo?: string) => ({
    pkgbase,
    spec: { type: "aur", name: pkgbase },
    state,
    srcinfo,
  });
  expect(facts).toEqual([
    row("demo-app", "1-1", chain[0]?.srcinfo),
    row("demo-lib", "1-1", chain[2]?.srcinfo),
    row("demo-mid", "1:2-1", chain[1]?.srcinfo),
  ]);
});

test("dependencies that are packages already do not come again", async () => {
  await using it = await setup();
  for (const package_ of chain) await it.aur.add(package_);
  await it.addFor({ type: "aur", name: "demo-mid" });

  const packages = await it.addFor({ type: "aur", name: "demo-app" });

  expect(packages).toEqual([{ pkgbase: "demo-app", source, devel: false, dependency: false }]);
});

test("a dependency that nobody has leaves nothing behind", async () => {
  await using it = await setup();
  await it.aur.add(recipe({ pkgbase: "demo-top", depends: ["demo-orphan"] }));
  await it.aur.add(recipe({ pkgbase: "demo-orphan", depends: ["no-such>=1", "glibc>999"] }));

  const answer = await it.add({ type: "aur", name: "demo-top" });

  expect(answer).toEqual({
    kind: "unmet",
    pkgbase: "demo-top",
    missing: ["no-such>=1", "glibc>999"],
  });
  expect(await it.rows()).toEqual([]);
});

test("a name that the AUR does not know is unknown", async () => {
  await using it = await setup();

  expect(await it.add({ type: "aur", name: "nope-nope" })).toEqual({
    kind: "unknown",
    name: "nope-nope",
  });
});

test("an AUR that is down is said so, and leaves nothing behind", async () => {
  await using it = await setup();
  it.aur.faults.down = true;

  const answer = await it.add({ type: "aur", name: "demo-app" });

  expect(answer).toEqual({
    kind: "unusable",
    message: `cannot ask the AUR at ${it.aur.url}: it answered 503 Service Unavailable`,
  });
  expect(await it.rows()).toEqual([]);
});

test("a package that is there is there, and is replaced when asked to be", async () => {
  await using it = await setup();
  await it.aur.add(
    recipe({ pkgbase: "demo-split", packages: { "demo-a": [], "demo-b": ["demo-a"] } }),
  );
  const [first] = await it.addFor({ type: "aur", name: "demo-b" });

  const again = await it.add({ type: "aur", name: "demo-a" });
  const [replaced] = await it.addFor({ type: "aur", name: "demo-a" }, true);

  expect(first).toEqual({ pkgbase: "demo-split", source, devel: false, dependency: false });
  expect(again).toEqual({ kind: "exists", pkgbase: "demo-split" });
  expect(replaced).toEqual({ ...first, source });
  expect(replaced?.source).not.toBe(first?.source);
});

test("what only provides a name is found, the one with most votes", async () => {
  await using it = await setup();
  await it.aur.add({ ...recipe({ pkgbase: "few", provides: ["virtual=2"] }), votes: 1 });
  await it.aur.add({ ...recipe({ pkgbase: "many", provides: ["virtual=2"] }), votes: 9 });
  await it.aur.add({ ...recipe({ pkgbase: "old", provides: ["virtual=1"] }), votes: 99 });
  await it.aur.add(recipe({ pkgbase: "needy", depends: ["virtual>=2"] }));

  const packages = await it.addFor({ type: "aur", name: "needy" });

  expect(packages.map(({ pkgbase }) => pkgbase)).toEqual(["needy", "many"]);
});

test("a pkgbase that an official package is called is itself", async () => {
  await using it = await setup();
  await it.aur.add(recipe({ pkgbase: "cmake", depends: ["demo-lib"] }));
  await it.aur.add(recipe({ pkgbase: "demo-lib" }));

  const packages = await it.addFor({ type: "aur", name: "cmake" });

  expect(packages.map(({ pkgbase }) => pkgbase)).toEqual(["cmake", "demo-lib"]);
});

test("a devel package's state holds the commit it follows", async () => {
  await using it = await setup();
  const upstream = await it.aur.add(recipe({ pkgbase: "upstream" }));
  const url = `git+${it.aur.url}/upstream.git#branch=master`;
  await it.aur.add(recipe({ pkgbase: "demo-git", source: [`demo::${url}`] }));

  const packages = await it.addFor({ type: "aur", name: "demo-git" });

  expect(packages).toEqual([{ pkgbase: "demo-git", source, devel: true, dependency: false }]);
  expect((await it.rows()).map(({ state }) => state)).toEqual([`1-1${upstream}`]);
});

test("a .SRCINFO of another pkgbase than the AUR's is refused", async () => {
  await using it = await setup();
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
  await using it = await setup();
  const { pkgbase, pkgbuild, srcinfo } = recipe({ pkgbase: "custom" });
  const commit = await it.aur.add({ pkgbase, pkgbuild });
  const spec = { type: "git", url: `${it.aur.url}/custom.git`, devel: false };

  const failed = await it.add(spec);
  await it.world.bus.answer("builder", generateSrcinfo, async () => ({
    kind: "generated" as const,
    srcinfo,
  }));
  const packages = await it.addFor(spec);

  expect(failed).toEqual({
    kind: "unusable",
    message:
      "failed to generate srcinfo for package: srcinfo generation container failed: /build/source/PKGBUILD: line 1: this: command not found",
  });
  expect(packages).toEqual([{ pkgbase, source, devel: false, dependency: false }]);
  expect((await it.rows()).map(({ state }) => state)).toEqual([commit]);
});

test("a raw PKGBUILD is known by its hash", async () => {
  await using it = await setup();
  const { pkgbase, pkgbuild, srcinfo } = recipe({ pkgbase: "raw" });
  await it.world.bus.answer("builder", generateSrcinfo, async () => ({
    kind: "generated" as const,
    srcinfo,
  }));
  const reference = await it.world.blobs.put(Buffer.from(pkgbuild));

  const packages = await it.addFor({ type: "raw", pkgbuild: reference, devel: false });

  expect(packages).toEqual([{ pkgbase, source, devel: false, dependency: false }]);
  const hash = Buffer.from(reference.sha256, "hex").toString("base64");
  expect((await it.rows()).map(({ state, revision }) => ({ state, revision }))).toEqual([
    { state: hash, revision: null },
  ]);
});

test("a git url that is none is refused before anything is asked", async () => {
  await using it = await setup();

  const refused = it.add({ type: "git", url: "ext::sh -c touch% /tmp/canary", devel: false });

  await expect(refused).rejects.toThrow(Fault);
  await expect(it.add({ type: "git", url: "file:///etc", devel: false })).rejects.toThrow(
    new Fault("invalid", 'git url "file:///etc": set GIT_ALLOW_FILE=true to allow file://'),
  );
  expect(it.aur.requests).toEqual({ rpc: 0, git: 0 });
});

test("a git repository that cannot be reached is said in git's words", async () => {
  await using it = await setup();
  const url = `${it.aur.url}/none.git`;

  expect(await it.add({ type: "git", url, devel: false })).toEqual({
    kind: "unusable",
    message: `failed to clone git repository: fatal: repository '${url}/' not found`,
  });
});

test("with a mirror that never answered, what needs nothing of it goes, and nothing else", async () => {
  await using it = await setup({ SYNC_MIRROR: "http://127.0.0.1:1/{repo}" });
  await it.aur.add(recipe({ pkgbase: "alone" }));
  await it.aur.add(recipe({ pkgbase: "needy", depends: ["alone"], makedepends: ["cmake"] }));

  const alone = await it.addFor({ type: "aur", name: "alone" });
  const needy = await it.add({ type: "aur", name: "needy" });

  expect(alone.map(({ pkgbase }) => pkgbase)).toEqual(["alone"]);
  expect(needy).toEqual({
    kind: "unusable",
    message: expect.stringMatching(
      /^cannot read http:\/\/127\.0\.0\.1:1\/core\/core\.db: .*; needy needs cmake, which may be there$/,
    ),
  });
});
