import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Artifact } from "#shared/messages/build.ts";
import {
  pkgbuildOf,
  type Request,
  rebuildOf,
  requestOf,
  startBuilder,
  type TestBuilder,
} from "../support/builder.ts";
import { containersWith, engineEnvironment } from "../support/engine.ts";
import { runProgram } from "../support/program.ts";
import { makeScratch } from "../support/scratch.ts";

const setup = (environment: Readonly<Record<string, string>> = {}) =>
  startBuilder({ ...engineEnvironment(), ...environment });

const buildinfoOf = async (builder: TestBuilder, { sha256 }: { sha256: string }) => {
  const { path } = await builder.blobs.file(sha256);
  return runProgram("bsdtar", ["-xOqf", path, ".BUILDINFO"]);
};

/** Builds a package; what it was built in is in the record. */
const build = async (builder: TestBuilder, request: Request) => {
  const finished = await builder.build(request);
  if (finished?.outcome.kind !== "built") throw new Error(JSON.stringify(finished?.outcome));
  const [first] = finished.outcome.artifacts;
  if (!first) throw new Error("no artifact");
  const record = await buildinfoOf(builder, first.blob);
  return { artifacts: finished.outcome.artifacts, first, record };
};

const put = (builder: TestBuilder, text: string) =>
  builder.blobs.put(new TextEncoder().encode(text));

const compiled = `pkgbase=compiled
pkgname=(tool tool-data)
pkgver=1
pkgrel=1
arch=(x86_64)
source=(x.c)
sha256sums=(SKIP)
options=(debug)
build() { gcc $CFLAGS $LDFLAGS -g -o x x.c; }
package_tool() { install -Dm755 x "$pkgdir/usr/bin/x"; }
package_tool-data() { arch=(any); uname -n > y; date +%Z >> y; gzip -c "$startdir/x.c" >> y; install -Dm644 y "$pkgdir/usr/share/y"; }
`;

test("a split package with a program and its debug package is rebuilt to the bit", async () => {
  await using builder = await setup({ PACKAGER: "A B <a@example.org>" });
  const source = await builder.source({
    PKGBUILD: compiled,
    "x.c": "#include <stdio.h>\nint main(void) { return puts(__FILE__) < 0; }\n",
  });
  const request = requestOf(source, "compiled");
  const { artifacts, record } = await build(builder, request);
  const again = rebuildOf(request, await put(builder, record));

  const finished = await builder.rebuild(again);

  expect(artifacts.map(({ filename }) => filename)).toEqual([
    "compiled-debug-1-1-x86_64.pkg.tar.zst",
    "tool-1-1-x86_64.pkg.tar.zst",
    "tool-data-1-1-any.pkg.tar.zst",
  ]);
  expect(finished?.outcome).toEqual({ kind: "rebuilt", artifacts });
  expect(finished?.log).not.toBeNull();
  expect(await containersWith(`kiln.rebuild=${again.rebuild}`)).toEqual([]);
}, 300_000);

test("what was our own and what the mirror has come back, and prepare commands run first", async () => {
  await using builder = await setup();
  const library = requestOf(
    await builder.source({ PKGBUILD: pkgbuildOf("some-library") }),
    "some-library",
  );
  const own = (await build(builder, library)).first;
  const needs = `depends=(some-library nodejs)\nbuild() { cat /usr/share/some-library/PKGBUILD /etc/prepared; }`;
  const app = requestOf(await builder.source({ PKGBUILD: pkgbuildOf("app", needs) }), "app", {
    dependencies: ["some-library", "nodejs"],
    prepare: "pacman -S --noconfirm jq\necho yes > /etc/prepared",
    repository: await openRepository(builder, own),
  });
  const { artifacts, record } = await build(builder, app);

  const finished = await builder.rebuild(
    rebuildOf(app, await put(builder, record), {
      own: [own, { ...own, filename: "other-1-1-any.pkg.tar.zst" }],
    }),
  );

  expect(record).toMatch(/^installed = some-library-1-1-any$/m);
  expect(finished?.outcome).toEqual({ kind: "rebuilt", artifacts });
}, 300_000);

/** An unsigned repository of one package. */
const openRepository = async (builder: TestBuilder, { filename, blob }: Artifact) => {
  await using scratch = await makeScratch();
  const { path } = await builder.blobs.file(blob.sha256);
  await copyFile(path, join(scratch.path, filename));
  await runProgram("repo-add", ["-q", "own.db.tar.gz", filename], { cwd: scratch.path });
  const database = {
    filename: "own.db",
    blob: await builder.blobs.put(await readFile(join(scratch.path, "own.db.tar.gz"))),
  };
  return {
    name: "own",
    generation: 1,
    databases: [database],
    packages: [{ filename, blob }],
    publicKey: null,
  };
};

/** Makes the container have an archive, of packages that hold no files. */
const archiveOf = (...entries: readonly string[]) => `set -eu
work=$(mktemp -d)
for entry in ${entries.join(" ")}; do
  [[ $entry =~ ^(.+)-([^-]+-[^-]+)-([^-]+)$ ]]
  name=\${BASH_REMATCH[1]}
  printf '%s\n' "pkgname = $name" "pkgbase = $name" "pkgver = \${BASH_REMATCH[2]}" "arch = \${BASH_REMATCH[3]}" "builddate = 1" "size = 0" > $work/.PKGINFO
  mkdir -p /root/archive/packages/\${name:0:1}/$name
  bsdtar -C $work -cJf /root/archive/packages/\${name:0:1}/$name/$entry.pkg.tar.xz .PKGINFO
done
`;

const trusting = "sed -i 's/^SigLevel = Required.*/SigLevel = Never/' /etc/pacman.conf\n";

test("a package of other places is rebuilt in them, with other packages, options and names", async () => {
  await using builder = await setup({ ARCH_ARCHIVE_URL: "file:///root/archive/" });
  const source = await builder.source({ PKGBUILD: pkgbuildOf("strange") });
  const request = requestOf(source, "strange");
  const { record } = await build(builder, request);
  const strange = record
    .replace(/^packager = .*$/m, "packager = Some Body <some@body>")
    .replace(/^builddir = .*$/m, "builddir = /build")
    .replace(/^startdir = .*$/m, "startdir = /start dir/here")
    .replace(
      /^buildtool = .*\nbuildtoolver = .*$/m,
      "buildtool = devtools\nbuildtoolver = 1:1.4.0-1-any",
    )
    .replace(/^(buildenv = .*\n)+/m, "buildenv = !color\nbuildenv = check\n")
    .replace(/^options = strip$/m, "options = !strip")
    .replace(/^installed = which-.*\n/m, "")
    .replace(/^installed = bash-.*$/m, "installed = bash-5.1.0-1-x86_64")
    .replace(
      /^installed = zlib-.*$/m,
      "installed = zlib-2:9-1-x86_64\ninstalled = zlib-absent-1.0-1-any",
    );
  const prepare =
    archiveOf("bash-5.1.0-1-x86_64", "zlib-2:9-1-x86_64", "zlib-absent-1.0-1-any") + trusting;

  const finished = await builder.rebuild(
    rebuildOf(request, await put(builder, strange), { prepare, extension: ".pkg.tar.xz" }),
  );

  if (finished?.outcome.kind !== "rebuilt") throw new Error(await builder.textOf(finished?.log));
  const [artifact] = finished.outcome.artifacts;
  if (!artifact) throw new Error("no artifact");
  expect(artifact.filename).toBe("strange-1-1-any.pkg.tar.xz");
  expect(await buildinfoOf(builder, artifact.blob)).toBe(strange);
}, 300_000);

test.each([
  [
    "nobody has",
    "",
    "neither the mirror nor file:///root/archive has what was installed: absent-1-1-any, gone-2:1-1-x86_64",
  ],
  [
    "has no signature",
    archiveOf("absent-1-1-any", "gone-2:1-1-x86_64"),
    "what was recorded could not be installed: pacman ended with exit code ",
  ],
])(
  "where a package that was installed %s, the rebuild is broken and says so",
  async (_what, prepare, message) => {
    await using builder = await setup({ ARCH_ARCHIVE_URL: "file:///root/archive" });
    const request = requestOf(await builder.source({ PKGBUILD: pkgbuildOf("lost") }), "lost");
    const record = `format = 2\npkgname = lost\npkgver = 1-1\npkgarch = any\ninstalled = absent-1-1-any\ninstalled = gone-2:1-1-x86_64\n`;

    const finished = await builder.rebuild(
      rebuildOf(request, await put(builder, record), { prepare }),
    );

    expect(finished?.outcome).toEqual({
      kind: "broken",
      step: "installed",
      message: expect.stringContaining(message),
    });
  },
  120_000,
);

test("a package that holds the time differs", async () => {
  await using builder = await setup();
  const body = `package() { install -d "$pkgdir/usr"; date +%s%N > "$pkgdir/usr/time"; }`;
  const request = requestOf(
    await builder.source({ PKGBUILD: pkgbuildOf("timely", body) }),
    "timely",
  );
  const { artifacts, record } = await build(builder, request);

  const finished = await builder.rebuild(rebuildOf(request, await put(builder, record)));

  expect(finished?.outcome.kind).toBe("rebuilt");
  expect(finished?.outcome).not.toEqual({ kind: "rebuilt", artifacts });
}, 300_000);
