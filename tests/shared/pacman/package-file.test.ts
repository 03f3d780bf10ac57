import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { parseBuildinfo } from "#shared/pacman/buildinfo.ts";
import { readBuildinfo, readPackageFile } from "#shared/pacman/package-file.ts";
import { parsePkginfo } from "#shared/pacman/pkginfo.ts";
import { packageOf, pieces, tarOf } from "../../support/archive.ts";

const pkginfo = "pkgname = demo\npkgver = 1.0-1\narch = any\n";
const buildinfo = "format = 2\npkgname = demo\npkgver = 1.0-1\npkgarch = any\n";

test("a package is read to its end, and what stands for itself is not among its files", async () => {
  const mtree = gzipSync("#mtree\n./usr type=dir mode=755 time=1.0\n");
  const archive = await packageOf(pkginfo, [
    [".BUILDINFO", buildinfo],
    [".MTREE", mtree],
    [".INSTALL", "post_install() { :; }"],
    [".CHANGELOG", "none"],
    ["usr/"],
    ["usr/bin/"],
    ["usr/bin/demo", "#!/bin/sh\n"],
    ["usr/bin/alias", "-> demo"],
  ]);

  expect(await readPackageFile(pieces(archive))).toEqual({
    pkginfo: parsePkginfo(pkginfo),
    buildinfo: parseBuildinfo(buildinfo),
    mtree,
    files: ["usr/", "usr/bin/", "usr/bin/alias", "usr/bin/demo"],
    install: true,
  });
});

test("a package needs no more than a .PKGINFO, in whatever place", async () => {
  const archive = await tarOf([["usr/"], [".PKGINFO", pkginfo]]);

  expect(await readPackageFile(pieces(archive))).toEqual({
    pkginfo: parsePkginfo(pkginfo),
    files: ["usr/"],
    install: false,
  });
});

test("a package's .MTREE is not unpacked: of a few kB it may make GB", async () => {
  const archive = await packageOf(pkginfo, [[".MTREE", "whatever it is"]]);

  const { mtree } = await readPackageFile(pieces(archive));

  expect(Buffer.from(mtree ?? []).toString()).toBe("whatever it is");
});

test("files without number are refused, however short their names are", async () => {
  const files = Array.from({ length: 1_000 }, (_, index) => [`${index}`] as const);
  const archive = await packageOf(pkginfo, files);

  await expect(readPackageFile(pieces(archive), 10_000)).rejects.toThrow(
    new Fault("invalid", "the package has too many files"),
  );
});

test("a package's .BUILDINFO comes as its bytes are, and nothing behind it is read", async () => {
  const noise = Buffer.alloc(4_000_000, 1);
  const archive = await tarOf([
    [".BUILDINFO", buildinfo],
    ["usr/noise", noise],
  ]);
  let read = 0;
  async function* counted() {
    for await (const piece of pieces(archive, 10_000)) {
      read += piece.length;
      yield piece;
    }
  }

  const found = await readBuildinfo(counted());

  expect(Buffer.from(found ?? []).toString()).toBe(buildinfo);
  expect(read).toBeLessThan(archive.length / 2);
});

test("a package may have no .BUILDINFO", async () => {
  expect(await readBuildinfo(pieces(await packageOf(pkginfo)))).toBeUndefined();
});

test("a package may come as a web stream", async () => {
  const { body } = new Response(await packageOf(pkginfo));

  expect(await readPackageFile(body ?? pieces(Buffer.alloc(0)))).toMatchObject({ files: [] });
});

test.each([
  ["/etc/passwd", "/etc/passwd"],
  ["../etc/passwd", "../etc/passwd"],
  ["usr/../../etc/passwd", "usr/../../etc/passwd"],
  ["usr/..", "usr/.."],
])("a package with a file named %s is refused", async (name, named) => {
  const archive = await packageOf(pkginfo, [[name, "x"]]);

  await expect(readPackageFile(pieces(archive))).rejects.toThrow(
    new Fault("invalid", `the package has a file outside its root: ${named}`),
  );
});

test.each([
  ["no .PKGINFO", [["usr/"]], "expected a package with a .PKGINFO in it"],
  [
    "two of them",
    [
      [".PKGINFO", pkginfo],
      [".PKGINFO", pkginfo],
    ],
    "the package has .PKGINFO twice",
  ],
  ["a huge one", [[".PKGINFO", "#".repeat(4_000_001)]], ".PKGINFO is larger than 4000000 bytes"],
  ["an empty one", [[".PKGINFO", ""]], "pkgname in .PKGINFO: expected a value"],
] as const)("a package with %s is refused", async (_, members, message) => {
  const archive = await tarOf(members);

  await expect(readPackageFile(pieces(archive, 60_000))).rejects.toThrow(
    new Fault("invalid", message),
  );
});

test("a package with a sparse file, to which pacman gives another name and content, is refused", async () => {
  const tar = pack();
  tar.entry({ name: ".PKGINFO" }, pkginfo);
  const sparse = { "GNU.sparse.major": "1", "GNU.sparse.name": "../../etc/evil" };
  tar.entry({ name: "usr/fine", pax: sparse }, "0\n");
  tar.finalize();

  await expect(readPackageFile(pieces(await buffer(tar)))).rejects.toThrow(
    new Fault("invalid", "usr/fine is a sparse file in the archive, expected a plain one"),
  );
});

test("a package with a file of an unknown type is refused", async () => {
  const archive = await tarOf([
    [".PKGINFO", pkginfo],
    ["usr/fine", "x"],
  ]);
  const header = archive.subarray(1024, 1536);
  header[156] = "S".charCodeAt(0);
  const sum = header.fill(" ", 148, 156).reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);

  await expect(readPackageFile(pieces(archive))).rejects.toThrow(
    new Fault("invalid", "usr/fine is of an unknown type in the archive"),
  );
});

test.each([
  ["a file of the system", "etc/shadow"],
  ["itself", "usr/bin/alias"],
  ["what only follows", "usr/bin/later"],
])("a package with a hard link to %s is refused", async (_what, linkname) => {
  const tar = pack();
  tar.entry({ name: ".PKGINFO" }, pkginfo);
  tar.entry({ name: "usr/bin/alias", type: "link", linkname });
  tar.entry({ name: "usr/bin/later" }, "x");
  tar.finalize();

  await expect(readPackageFile(pieces(await buffer(tar)))).rejects.toThrow(
    new Fault(
      "invalid",
      `the package has usr/bin/alias as a hard link to ${linkname}, expected a file that is in the package before it`,
    ),
  );
});

test("a package with a hard link to a file before it is read", async () => {
  const tar = pack();
  tar.entry({ name: ".PKGINFO" }, pkginfo);
  tar.entry({ name: "usr/bin/demo" }, "x");
  tar.entry({ name: "usr/bin/alias", type: "link", linkname: "usr/bin/demo" });
  tar.finalize();

  const { files } = await readPackageFile(pieces(await buffer(tar)));

  expect(files).toEqual(["usr/bin/alias", "usr/bin/demo"]);
});
