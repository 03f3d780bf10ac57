import fc from "fast-check";
import * as v from "valibot";
import { expect, test } from "vitest";
import { Arch, Pkgname, Version } from "#shared/model.ts";
import { parsePackageFileName } from "#shared/pacman/package-file-name.ts";
import { parseSrcinfo, versionOf } from "#shared/pacman/srcinfo.ts";
import { askMakepkg } from "../../support/makepkg-functions.ts";
import { holds, textOf } from "../../support/properties.ts";

const name = textOf(
  [
    ...["a", "Z", "0", "@", "_", "+", ".", "-", "lib", ".so", "n".repeat(40)],
    ..." :/\\=<>~^,%#$'\"*?[]{}();&|!é\t\n\u00a0".split(""),
  ],
  5,
);

test("a package's name is what makepkg(8) takes for one", async () => {
  await holds(name, { most: 1_000, runs: 2 }, async (names) => {
    const asked = askMakepkg(
      'lint_one_pkgname pkgname "$1"',
      names.map((it) => [it]),
    );

    expect(names.filter((it) => v.is(Pkgname, it))).toEqual(
      names.filter((_, index) => asked[index] !== undefined),
    );
  });
});

test("an architecture is what makepkg(8) takes for one", async () => {
  const arch = textOf(["x86", "64", "_", "v3", "ARM", "any", "-", ".", " ", "/", "+"], 4, 1);
  await holds(arch, { most: 300, runs: 1 }, async (arches) => {
    const asked = askMakepkg(
      'IGNOREARCH=1 arch=("$1") pkgname=(); lint_arch',
      arches.map((it) => [it]),
    );

    expect(arches.filter((it) => v.is(Arch, it))).toEqual(
      arches.filter((_, index) => asked[index] !== undefined),
    );
  });
});

const pkgver = textOf(
  [
    ...["1", "0", "r12", "g0a1", ".", "_", "+", "~", "^", ",", "=", "%", "@", "!", "'", "\\", "$"],
    ...["<", ">", "(", "*", "é", " ", "\t", "\n", ":", "/", "-"],
  ],
  5,
);
const pkgrel = fc.oneof(
  fc.constantFrom("1", "0", "10", "1.2", "01.0"),
  textOf(["1", "0", ".", "a", "-", " "], 3),
);
const epoch = fc.constantFrom("", "0", "00", "1", "2", "01", "10", "1.0", "a", "-1", " ");

test("a version is what makepkg(8) takes for one", async () => {
  const full = fc
    .tuple(fc.constantFrom("", ":", "0:", "1:", "01:", "a:", "1:1:"), pkgver, pkgrel)
    .map(([epoch, pkgver, pkgrel]) => `${epoch}${pkgver}-${pkgrel}`);
  await holds(full, { most: 1_000, runs: 2 }, async (versions) => {
    const asked = askMakepkg(
      '[[ $1 != :* ]] && check_fullpkgver "$1"',
      versions.map((it) => [it]),
    );

    expect(versions.filter((it) => v.is(Version, it))).toEqual(
      versions.filter((_, index) => asked[index] !== undefined),
    );
  });
});

test("the version in a .SRCINFO is the one that makepkg(8) builds", async () => {
  await holds(fc.tuple(epoch, pkgver, pkgrel), { most: 1_000, runs: 2 }, async (parts) => {
    const asked = askMakepkg(
      "epoch=$1 pkgver=$2 pkgrel=$3; lint_epoch && lint_pkgver && lint_pkgrel && get_full_version",
      parts,
    );
    const built = parts.filter((_, index) => asked[index] !== undefined);

    expect(built.map((it) => [...it, versionOf(parseSrcinfo(srcinfoOf(it)))])).toEqual(
      parts.flatMap((it, index) => (asked[index] === undefined ? [] : [[...it, asked[index]]])),
    );
  });
});

test("a package file's name is taken apart into what makepkg(8) made it of", async () => {
  const parts = fc.tuple(
    textOf(["a", "B", "1", "@", "_", "+", ".", "-", "-1-1"], 4).map((end) => `p${end}`),
    epoch,
    pkgver,
    pkgrel,
    fc.constantFrom("any", "x86_64"),
    fc.constantFrom(...["", ".gz", ".bz2", ".xz", ".zst", ".lrz", ".lzo", ".lz4", ".lz", ".Z"]),
  );
  await holds(parts, { most: 1_000, runs: 1 }, async (values) => {
    const asked = askMakepkg(
      `pkgname=$1 pkgbase=$1 epoch=$2 pkgver=$3 pkgrel=$4 arch=$5 PKGEXT=.pkg.tar$6 CARCH=x86_64
       lint_epoch && lint_pkgver && lint_pkgrel && get_full_version && print_all_package_names`,
      values,
    );
    const built = values.flatMap(([pkgname, , , , arch, suffix], index) => {
      const [version = "", path] = asked[index]?.split("\n") ?? [];
      const parts = { pkgname, version, arch, extension: `.pkg.tar${suffix}` };
      return path === undefined ? [] : [{ filename: path.slice(1), parts }];
    });
    const fetchable = built.filter(({ filename }) => !/[%\\]/.test(filename));

    expect(fetchable.map(({ filename }) => parsePackageFileName(filename))).toEqual(
      fetchable.map(({ parts }) => parts),
    );
  });
});

const srcinfoOf = ([epoch, pkgver, pkgrel]: readonly [string, string, string]) =>
  `pkgbase = a\n\tpkgver = ${pkgver}\n\tpkgrel = ${pkgrel}\n\tepoch = ${epoch}\n\npkgname = a\n`;
