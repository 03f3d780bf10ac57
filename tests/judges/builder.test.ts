import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildStarted } from "#shared/messages/build.ts";
import { buildOutput } from "#shared/messages/build-output.ts";
import { generateSrcinfo } from "#shared/messages/resolve.ts";
import { pkgbuildOf, requestOf, startBuilder, type TestBuilder } from "../support/builder.ts";
import { containersWith, engineEnvironment } from "../support/engine.ts";
import { runProgram } from "../support/program.ts";
import { makeScratch } from "../support/scratch.ts";
import { signRepository } from "../support/sign-repository.ts";

const setup = (environment: Readonly<Record<string, string>> = {}) =>
  startBuilder({ ...engineEnvironment(), ...environment });

type Finished = Awaited<ReturnType<TestBuilder["build"]>>;

const artifactOf = (finished: Finished) => {
  if (finished?.outcome.kind !== "built") throw new Error(JSON.stringify(finished?.outcome));
  const [artifact] = finished.outcome.artifacts;
  if (!artifact) throw new Error("no artifact");
  return { ...artifact, srcinfo: finished.outcome.srcinfo, pkgbuild: finished.outcome.pkgbuild };
};

const textOf = async (builder: TestBuilder, { sha256 }: { sha256: string }) =>
  new TextDecoder().decode(await builder.blobs.bytes(sha256));

test("a package with a long PKGBUILD is built, and its artifacts, PKGBUILD and .SRCINFO are kept", async () => {
  await using builder = await setup({ PACKAGER: "A B <a@example.org>" });
  const pkgbuild = `${pkgbuildOf("trivial")}${"# as long as a kernel's\n".repeat(1_000)}`;
  const request = requestOf(await builder.source({ PKGBUILD: pkgbuild }), "trivial");

  const finished = await builder.build(request);

  const artifact = artifactOf(finished);
  expect(artifact.filename).toBe("trivial-1-1-any.pkg.tar.zst");
  expect(await textOf(builder, artifact.pkgbuild)).toBe(pkgbuild);
  expect(await textOf(builder, artifact.srcinfo)).toContain("pkgbase = trivial\n\tpkgver = 1\n");
  const { path } = await builder.blobs.file(artifact.blob.sha256);
  const pkginfo = await runProgram("bsdtar", ["-xOqf", path, ".PKGINFO"]);
  expect(pkginfo).toContain("packager = A B <a@example.org>\n");
  expect(pkginfo).toContain("builddate = 1700000000\n");
  expect(finished?.measurements?.cpuUser).toBeGreaterThan(0);
  expect(finished?.measurements?.memoryPeak).toBeGreaterThan(1024 * 1024);
  expect(await containersWith(`kiln.build=${request.build}`)).toEqual([]);
}, 120_000);

test("its output is said as it comes, in order, and is the log that is kept", async () => {
  await using builder = await setup();
  const body = `build() { for i in 1 2 3 4 5; do echo "out $i"; echo "err $i" >&2; done; sleep 0.5; printf 'caf\\xc3\\xa9 \\xff\\n'; }`;
  const source = await builder.source({ PKGBUILD: pkgbuildOf("loud", body) });
  const request = requestOf(source, "loud");

  const finished = await builder.build(request);

  const [started] = builder.bus.sent(buildStarted);
  const said = builder.bus.sent(buildOutput);
  const output = builder.outputOf(request);
  expect(said.map(({ index, startedAt }) => [index, startedAt])).toEqual(
    Array.from({ length: finished?.outputs ?? 0 }, (_, index) => [index, started?.at]),
  );
  expect(output).toContain(
    [1, 2, 3, 4, 5]
      .map((i) => `out ${i}\nerr ${i}\n`)
      .join("")
      .concat("café \ufffd\n"),
  );
  expect(output).toContain("\n:: kiln :: updating the system\n\n");
  expect(await builder.logOf(request.build)).toBe(output);
}, 120_000);

test("a C program built twice is the same to the bit", async () => {
  await using builder = await setup();
  const body = `source=(x.c)\nsha256sums=(SKIP)\nbuild() { gcc $CFLAGS $LDFLAGS -g -o x x.c; }\npackage() { install -Dm755 x "$pkgdir/usr/bin/x"; }`;
  const source = await builder.source({
    PKGBUILD: pkgbuildOf("compiled", body, "x86_64"),
    "x.c": "#include <stdio.h>\nint main(void) { return puts(__FILE__) < 0; }\n",
  });

  const one = artifactOf(await builder.build(requestOf(source, "compiled")));
  const other = artifactOf(await builder.build(requestOf(source, "compiled")));

  expect(other).toEqual(one);
}, 120_000);

test("a devel package is built at the version that pkgver() finds", async () => {
  await using builder = await setup();
  const source = await builder.source({
    PKGBUILD: pkgbuildOf("tool-git", "pkgver() { echo 1.r5.gabcdef; }"),
  });

  const artifact = artifactOf(await builder.build(requestOf(source, "tool-git", { devel: true })));

  expect(artifact.filename).toBe("tool-git-1.r5.gabcdef-1-any.pkg.tar.zst");
  expect(await textOf(builder, artifact.srcinfo)).toContain("pkgver = 1.r5.gabcdef\n");
}, 120_000);

test("prepare commands run as root, and dependencies come from the mirror", async () => {
  await using builder = await setup();
  const body = `depends=(nodejs)\nbuild() { cat /etc/prepared; pacman -Q nodejs; }`;
  const source = await builder.source({ PKGBUILD: pkgbuildOf("needy", body) });
  const prepare = `id -un > /etc/prepared\necho "it's \\"prepared\\" $PWD"`;
  const request = requestOf(source, "needy", {
    prepare,
    dependencies: ["nodejs>=1", "bash", "sh"],
  });

  const finished = await builder.build(request);

  expect(finished?.outcome.kind).toBe("built");
  expect(builder.outputOf(request)).toContain(`it's "prepared" /build/source\n`);
  expect(builder.outputOf(request)).toMatch(/\nroot\nnodejs \d/);
}, 120_000);

const repositoryWith = async (builder: TestBuilder, file: string, content: Uint8Array) => {
  await using scratch = await makeScratch();
  await writeFile(join(scratch.path, file), content);
  const { key } = await signRepository(scratch.path, "own", [file]);
  const put = async (filename: string) => ({
    filename,
    blob: await builder.blobs.put(await readFile(join(scratch.path, filename))),
  });
  const names = (await readdir(scratch.path)).filter((name) => name !== key);
  return {
    name: "own",
    generation: 1,
    databases: await Promise.all(names.filter((name) => name.startsWith("own.")).map(put)),
    packages: await Promise.all(names.filter((name) => name.startsWith(file)).map(put)),
    publicKey: await readFile(join(scratch.path, key), "utf8"),
  };
};

test("a dependency comes from kiln's own repository, by its signature only", async () => {
  await using builder = await setup();
  const source = await builder.source({ PKGBUILD: pkgbuildOf("library") });
  const library = artifactOf(await builder.build(requestOf(source, "library")));
  const content = await builder.blobs.bytes(library.blob.sha256);
  const repository = await repositoryWith(builder, library.filename, content);
  const app = await builder.source({
    PKGBUILD: pkgbuildOf("app", "depends=(library)\nbuild() { cat /usr/share/library/PKGBUILD; }"),
  });
  const needs = { dependencies: ["library=1"] };
  const unsigned = (filename: string) => !filename.endsWith(".sig");
  const packages = repository.packages.filter(({ filename }) => unsigned(filename));
  const databases = repository.databases.filter(({ filename }) => unsigned(filename));

  const signed = await builder.build(requestOf(app, "app", { ...needs, repository }));
  const bare = { ...repository, databases, packages };
  const refused = await builder.build(requestOf(app, "app", { ...needs, repository: bare }));
  const open = { ...bare, publicKey: null };
  const trusted = await builder.build(requestOf(app, "app", { ...needs, repository: open }));

  expect(signed?.outcome.kind).toBe("built");
  expect(refused?.outcome).toEqual({ kind: "failed", step: "system", exitCode: 1 });
  expect(trusted?.outcome.kind).toBe("built");
}, 120_000);

test("a PKGBUILD tells its .SRCINFO, and one that does not parse tells why", async () => {
  await using builder = await setup();
  const good = await builder.source({ PKGBUILD: pkgbuildOf("trivial") });
  const bad = await builder.source({ PKGBUILD: "pkgname=(\n" });
  const ask = (source: typeof good) => builder.ask(generateSrcinfo, { source, arch: "x86_64" });

  expect(await ask(good)).toEqual({
    kind: "generated",
    srcinfo: "pkgbase = trivial\n\tpkgver = 1\n\tpkgrel = 1\n\tarch = any\n\npkgname = trivial\n",
  });
  expect(await ask(bad)).toEqual({ kind: "failed", log: expect.stringContaining("PKGBUILD") });
}, 120_000);
