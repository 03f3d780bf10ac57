import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import { expect, test, vi } from "vitest";
import { encodeDatabase } from "#shared/pacman/database-frame.ts";
import { readDatabase } from "#shared/pacman/database-read.ts";
import { entryOf, formatDesc, formatFiles } from "#shared/pacman/desc.ts";
import { readMtree } from "#shared/pacman/mtree.ts";
import { readPackageFile } from "#shared/pacman/package-file.ts";
import { makePackages } from "../support/makepkg.ts";
import { makePacmanRoot } from "../support/pacman-root.ts";
import { runProgram } from "../support/program.ts";
import { makeScratch } from "../support/scratch.ts";

// makepkg takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const PKGBUILD = `pkgbase=demo
pkgname=(demo demo-doc)
pkgver=1.2
pkgrel=3
epoch=1
pkgdesc="A   demo   of things: it's «nice»"
url="https://example.org/"
arch=(any)
license=(MIT custom:x)
groups=(demos)
depends=('glibc>=2' sh)
makedepends=('make>4' gcc)
checkdepends=(check)
optdepends=('python: for   scripts' bash)
provides=('virtual=1' plain)
conflicts=('old<2')
replaces=(old)
backup=(etc/demo.conf)
install=demo.install
package_demo() {
  cd "$pkgdir"
  mkdir -p usr/bin usr/share/empty usr/share/a etc
  echo hi > usr/bin/demo
  ln -s demo usr/bin/alias
  ln usr/bin/demo usr/bin/hard
  echo a > etc/demo.conf
  echo a > "usr/share/with space"
  echo a > "usr/share/umläut ☃ 𝄞"
  echo a > 'usr/share/back\\x2dslash'
  echo a > usr/share/$'control\\x01\\x7f'
  echo a > usr/share/Zed
  echo a > usr/share/a.b
  echo a > usr/share/a/b
  mkdir -p "usr/share/$(printf 'long%.0s' {1..50})/$(printf 'deep%.0s' {1..50})"
}
package_demo-doc() {
  pkgdesc="Its manual"
  depends=()
  install=
  backup=()
  mkdir -p "$pkgdir/usr/share/doc"
}
`;

const setup = () => makePackages({ PKGBUILD, "demo.install": "post_install() { :; }\n" });

const hashOf = async (algorithm: string, path: string) =>
  createHash(algorithm)
    .update(await readFile(path))
    .digest("hex");

const said = (archive: string, member: string) => runProgram("bsdtar", ["-xOf", archive, member]);

/** repo-add leaves the order of a package's members to the file system. */
const listed = async (archive: string) =>
  (await runProgram("bsdtar", ["-tf", archive])).trim().split("\n").sort();

test("what repo-add writes for the packages of makepkg is what we write", async () => {
  await using packages = await setup();
  const [main = "", manual = ""] = packages.files.map((file) => join(packages.folder, file));
  const signature = Buffer.from([0xc2, 0, 0xff, ...Array(200).keys()]);
  await writeFile(`${main}.sig`, signature);
  const theirs = join(packages.folder, "theirs.files.tar.gz");
  await runProgram("repo-add", ["-q", join(packages.folder, "theirs.db.tar.gz"), main, manual]);

  for (const [i, path] of [main, manual].entries()) {
    const read = await readPackageFile(createReadStream(path));
    const { directory, desc, files } = entryOf(
      read.pkginfo,
      {
        filename: packages.files[i] ?? "",
        bytes: (await readFile(path)).length,
        sha256: await hashOf("sha256", path),
        md5: await hashOf("md5", path),
        ...(path === main && { signature }),
      },
      read.files,
    );

    expect(formatDesc(desc)).toBe(await said(theirs, `${directory}/desc`));
    expect(formatFiles(files ?? [])).toBe(await said(theirs, `${directory}/files`));
  }
});

test("a database of repo-add is read, and what we write of it says the same to bsdtar", async () => {
  await using packages = await setup();
  const database = join(packages.folder, "theirs.db.tar.zst");
  const paths = packages.files.map((file) => join(packages.folder, file));
  await runProgram("repo-add", ["-q", database, ...paths]);

  for (const kind of ["db", "files"] as const) {
    const theirs = database.replace(".db.", `.${kind}.`);
    const ours = join(packages.folder, `ours.${kind}`);
    const entries = await Array.fromAsync(readDatabase(createReadStream(theirs)));
    await writeFile(ours, encodeDatabase(entries, kind));

    const [membersOfOurs, membersOfTheirs] = [await listed(ours), await listed(theirs)];
    expect(membersOfOurs).toEqual(membersOfTheirs);
    for (const member of membersOfTheirs.filter((name) => !name.endsWith("/")))
      expect(await said(ours, member)).toBe(await said(theirs, member));
  }
});

test("a package of makepkg says what it was built with, and what it puts where", async () => {
  await using packages = await setup();
  const path = join(packages.folder, packages.files[0] ?? "");

  const {
    pkginfo,
    buildinfo,
    mtree: listed,
    install,
  } = await readPackageFile(createReadStream(path));
  const mtree = await readMtree(listed ?? new Uint8Array());

  expect(install).toBe(true);
  expect(pkginfo).toMatchObject({ pkgname: "demo", pkgver: "1:1.2-3", backup: ["etc/demo.conf"] });
  expect(buildinfo).toMatchObject({
    format: 2,
    pkgbase: "demo",
    pkgbuild_sha256sum: await hashOf("sha256", join(packages.folder, "PKGBUILD")),
    builddate: 1_700_000_000_000,
    builddir: packages.folder,
    startdir: packages.folder,
  });
  const content = await said(path, "usr/share/a.b");
  expect(mtree.find((entry) => entry.path === "usr/share/a.b")).toEqual({
    path: "usr/share/a.b",
    type: "file",
    mode: 0o644,
    uid: 0,
    gid: 0,
    time: 1_700_000_000_000,
    size: content.length,
    sha256: createHash("sha256").update(content).digest("hex"),
  });
  expect(mtree.map((entry) => entry.path)).toContain("usr/share/umläut ☃ 𝄞");
});

test("pacman fetches a package by our database, and refuses it when a bit of it is flipped", async () => {
  await using packages = await setup();
  await using root = await makePacmanRoot("kiln");
  const filename = packages.files.find((file) => file.startsWith("demo-doc")) ?? "";
  const [built, served] = [join(packages.folder, filename), join(root.served, filename)];
  const { pkginfo, files } = await readPackageFile(createReadStream(built));
  const bytes = await readFile(built);
  const entry = entryOf(
    pkginfo,
    { filename, bytes: bytes.length, sha256: await hashOf("sha256", built) },
    files,
  );
  await writeFile(join(root.served, "kiln.db"), encodeDatabase([entry], "db"));
  await copyFile(built, served);

  await root.pacman("-Sy", "demo-doc");

  expect(await root.pacman("-Ql", "--quiet", "demo-doc")).toContain("/usr/share/doc/\n");

  await rm(join(root.cache, filename));
  await root.pacman("-R", "demo-doc");
  bytes[bytes.length >> 1] = ~(bytes[bytes.length >> 1] ?? 0);
  await writeFile(served, bytes);

  await expect(root.pacman("-S", "demo-doc")).rejects.toThrow(/invalid or corrupted package/);
});

test("what readPackageFile refuses of hard links, bsdtar cannot unpack", async () => {
  await using scratch = await makeScratch();
  const tar = pack();
  tar.entry({ name: ".PKGINFO" }, "pkgname = demo\npkgver = 1-1\narch = any\n");
  tar.entry({ name: "usr/alias", type: "link", linkname: "etc/shadow" });
  tar.finalize();
  const archive = join(scratch.path, "demo-1-1-any.pkg.tar");
  await writeFile(archive, await buffer(tar));

  const unpacked = runProgram("bsdtar", ["-xf", archive, "-C", scratch.path]);

  await expect(unpacked).rejects.toThrow("Hard-link target 'etc/shadow' does not exist");
  await expect(readPackageFile(createReadStream(archive))).rejects.toThrow(
    "usr/alias as a hard link to etc/shadow",
  );
});
