import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { startRunner } from "../support/runner-container.ts";
import { makeScratch } from "../support/scratch.ts";
import { signRepository } from "../support/sign-repository.ts";

const setup = () => startRunner(inject("dockerUrl"), inject("runnerImage"));

type Runner = Awaited<ReturnType<typeof setup>>;

const trivial = `pkgname=trivial
pkgver=1
pkgrel=1
arch=(any)
depends=(bash)
package() { install -Dm644 "$startdir/PKGBUILD" "$pkgdir/usr/share/trivial/PKGBUILD"; }
`;

const compiled = `pkgname=compiled
pkgver=1
pkgrel=1
arch=(x86_64)
depends=(glibc)
source=(compiled.c)
sha256sums=(SKIP)
build() { gcc $CFLAGS $LDFLAGS -g -o compiled compiled.c; }
package() { install -Dm755 compiled "$pkgdir/usr/bin/compiled"; }
`;

const program = `#include <stdio.h>
int main(void) { return puts(__FILE__) < 0; }
`;

const makepkg = async (runner: Runner, files: Readonly<Record<string, string>>) => {
  for (const [name, content] of Object.entries(files))
    await runner.write("build", `/build/source/${name}`, content);
  const made = await runner.exec("build", ["makepkg", "--noconfirm", "--noprogressbar"]);
  expect(made, made.output).toMatchObject({ exitCode: 0 });
};

const sha256 = async (runner: Runner, file: string) => {
  await using scratch = await makeScratch();
  await runner.copyOut(`/build/packages/${file}`, scratch.path);
  return createHash("sha256")
    .update(await readFile(join(scratch.path, file)))
    .digest("hex");
};

test.each([
  ["of text", "trivial-1-1-any.pkg.tar.zst", { PKGBUILD: trivial }],
  ["of C", "compiled-1-1-x86_64.pkg.tar.zst", { PKGBUILD: compiled, "compiled.c": program }],
])(
  "a package %s, built in two containers, is the same to the bit",
  async (_, file, source) => {
    await using one = await setup();
    await using other = await setup();

    await makepkg(one, source);
    await makepkg(other, source);

    expect(await sha256(other, file)).toBe(await sha256(one, file));
  },
  60_000,
);

test("the system updates and installs with few capabilities and no network", async () => {
  await using runner = await setup();

  const update = await runner.exec("root", ["pacman", "-Syu", "--noconfirm"]);
  const before = await runner.exec("build", ["pacman", "-T", "glibc", "sh", "nodejs", "git"]);
  const install = await runner.exec("root", ["pacman", "-S", "--noconfirm", "nodejs", "git"]);
  const after = await runner.exec("build", ["pacman", "-T", "nodejs", "git"]);

  expect(update, update.output).toMatchObject({ exitCode: 0 });
  expect(before.output.split("\n")).toContain("nodejs");
  expect(before.output).not.toContain("glibc");
  expect(install, install.output).toMatchObject({ exitCode: 0 });
  expect(after).toMatchObject({ exitCode: 0, output: "" });
}, 60_000);

test("build is nobody's superuser", async () => {
  await using runner = await setup();

  const identity = await runner.exec("build", ["id"]);
  const sudo = await runner.exec("build", ["sh", "-c", "sudo -n true"]);
  const pacman = await runner.exec("build", ["pacman", "-Sy"]);
  const drop = await runner.write("build", "/etc/pacman.d/kiln.conf", "");

  expect(identity.output).toBe("uid=1000(build) gid=1000(build) groups=1000(build)");
  expect([sudo.exitCode, pacman.exitCode, drop.exitCode]).not.toContain(0);
});

test("a PKGBUILD tells its .SRCINFO", async () => {
  await using runner = await setup();
  await runner.write("build", "/build/source/PKGBUILD", trivial);

  const srcinfo = await runner.exec("build", ["makepkg", "--printsrcinfo"]);

  expect(srcinfo.output.split("\n").map((line) => line.trim())).toEqual([
    "pkgbase = trivial",
    "pkgver = 1",
    "pkgrel = 1",
    "arch = any",
    "depends = bash",
    "",
    "pkgname = trivial",
  ]);
});

test("a file:// repository must be signed by the imported key, and by no other", async () => {
  await using runner = await setup();
  await using scratch = await makeScratch();
  const file = "trivial-1-1-any.pkg.tar.zst";
  await makepkg(runner, { PKGBUILD: trivial });
  await runner.copyOut(`/build/packages/${file}`, scratch.path);
  const { key, fingerprint } = await signRepository(scratch.path, "own", [file]);
  await runner.copyIn(`${scratch.path}/.`, "/build/repository");
  const section = "[own]\nSigLevel = Required\nServer = file:///build/repository\n";
  await runner.write("root", "/etc/pacman.d/kiln.conf", section);
  const install = () => runner.exec("root", ["pacman", "-Sy", "--noconfirm", "trivial"]);

  const unknown = await install();
  const add = await runner.exec("root", ["pacman-key", "--add", `/build/repository/${key}`]);
  const trust = await runner.exec("root", ["pacman-key", "--lsign-key", fingerprint]);
  const known = await install();
  await runner.exec("root", ["pacman", "-R", "--noconfirm", "trivial"]);
  await runner.exec("root", ["sh", "-c", "rm -f /var/cache/pacman/pkg/*"]);
  await runner.exec("root", ["cp", "/bin/true", `/build/repository/${file}`]);
  const forged = await install();

  expect(unknown.exitCode).not.toBe(0);
  expect(unknown.output).toContain("invalid or corrupted database (PGP signature)");
  expect([add.exitCode, trust.exitCode]).toEqual([0, 0]);
  expect(known, known.output).toMatchObject({ exitCode: 0 });
  expect(forged.exitCode).not.toBe(0);
}, 60_000);

test("kiln-cli's PKGBUILD installs one command", async () => {
  await using runner = await setup();
  const template = await readFile(
    new URL("../../runner/kiln-cli/PKGBUILD", import.meta.url),
    "utf8",
  );
  const files = { "kiln.mjs": "#!/usr/bin/env node\n", LICENSE: "MIT\n" };
  const sum = (text: string) => createHash("sha256").update(text).digest("hex");
  const pkgbuild = template
    .replace("@version@", "1.2.3")
    .replace("@kiln.mjs@", sum(files["kiln.mjs"]))
    .replace("@LICENSE@", sum(files.LICENSE));
  await runner.exec("root", ["pacman", "-Sy", "--noconfirm", "nodejs"]);

  await makepkg(runner, { PKGBUILD: pkgbuild, ...files });
  const file = "/build/packages/kiln-cli-1.2.3-1-any.pkg.tar.zst";
  const listing = await runner.exec("build", ["bsdtar", "-tf", file]);

  expect(listing.output.split("\n").filter((path) => !/^\.|\/$/.test(path))).toEqual([
    "usr/bin/kiln",
    "usr/share/licenses/kiln-cli/LICENSE",
  ]);
}, 60_000);
