import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import {
  archesOf,
  architectureOf,
  fieldOf,
  formatSrcinfo,
  parseSrcinfo,
  pkgnamesOf,
  versionOf,
} from "#shared/pacman/srcinfo.ts";

const split = `pkgbase = split
\tpkgdesc = Two packages
\tpkgver = 1.2
\tpkgrel = 3
\tepoch = 1
\tarch = x86_64
\tarch = armv7h
\tdepends = glibc>=2
\tdepends = zlib
\tsource = https://example.org/a=b
\tdepends_x86_64 = lib32

pkgname = split
\tdepends_x86_64 = own

pkgname = split-doc
\tpkgdesc = The manual
\tarch = any
\tdepends = 
`;

test("each section and each value keeps its place", () => {
  expect(parseSrcinfo(split)).toEqual({
    pkgbase: "split",
    fields: [
      ["pkgdesc", "Two packages"],
      ["pkgver", "1.2"],
      ["pkgrel", "3"],
      ["epoch", "1"],
      ["arch", "x86_64"],
      ["arch", "armv7h"],
      ["depends", "glibc>=2"],
      ["depends", "zlib"],
      ["source", "https://example.org/a=b"],
      ["depends_x86_64", "lib32"],
    ],
    packages: [
      { pkgname: "split", fields: [["depends_x86_64", "own"]] },
      {
        pkgname: "split-doc",
        fields: [
          ["pkgdesc", "The manual"],
          ["arch", "any"],
          ["depends", ""],
        ],
      },
    ],
  });
});

test("what makepkg wrote is written again byte for byte", () => {
  expect(formatSrcinfo(parseSrcinfo(split))).toBe(split);
});

test("comments, blank lines and white space mean nothing", () => {
  const untidy =
    "# by hand\r\npkgbase=a\r\n\r\n  pkgver =  1 \n   pkgrel\t= 1\n#\npkgname = a\n\n\n";

  expect(formatSrcinfo(parseSrcinfo(untidy))).toBe(
    "pkgbase = a\n\tpkgver = 1\n\tpkgrel = 1\n\npkgname = a\n",
  );
});

test("names and version come from the base", () => {
  const srcinfo = parseSrcinfo(split);

  expect(pkgnamesOf(srcinfo)).toEqual(["split", "split-doc"]);
  expect(versionOf(srcinfo)).toBe("1:1.2-3");
});

test.each(["0", "00", ""])("an epoch of %j is none", (epoch) => {
  const text = `pkgbase = a\n\tpkgver = 1\n\tpkgrel = 1\n\tepoch = ${epoch}\npkgname = a\n`;

  expect(versionOf(parseSrcinfo(text))).toBe("1-1");
});

test.each([
  [undefined, "depends", "x86_64", ["glibc>=2", "zlib", "lib32"]],
  [undefined, "depends", "armv7h", ["glibc>=2", "zlib"]],
  ["split", "depends", "x86_64", ["glibc>=2", "zlib", "lib32", "own"]],
  ["split-doc", "depends", "x86_64", []],
  ["split-doc", "depends", "any", []],
  ["split-doc", "pkgdesc", "any", ["The manual"]],
  ["split", "pkgdesc", "x86_64", ["Two packages"]],
  ["split", "conflicts", "x86_64", []],
  ["split", "__proto__", "x86_64", []],
])("%s: %s on %s", (pkgname, field, arch, values) => {
  expect(fieldOf(parseSrcinfo(split), pkgname, field, arch)).toEqual(values);
});

test("a package that the base does not build is missing", () => {
  expect(() => fieldOf(parseSrcinfo(split), "other", "depends", "any")).toThrow(
    new Fault("missing", "split builds no package other"),
  );
});

test.each([
  ["split", "x86_64", "x86_64"],
  ["split", "armv7h", "armv7h"],
  ["split-doc", "x86_64", "any"],
])("the file of %s built on %s is for %s", (pkgname, arch, expected) => {
  expect(architectureOf(parseSrcinfo(split), pkgname, arch)).toBe(expected);
});

test("a package for other architectures is refused", () => {
  expect(archesOf(parseSrcinfo(split), "split")).toEqual(["x86_64", "armv7h"]);
  expect(() => architectureOf(parseSrcinfo(split), "split", "riscv64")).toThrow(
    new Fault("invalid", "split is for x86_64, armv7h, not riscv64"),
  );
});

test.each([
  ["", "line 1: expected pkgbase to come first"],
  ["\n# only\n", "line 1: expected pkgbase to come first"],
  ["\npkgver = 1\n", "line 2: expected pkgbase to come first"],
  ["pkgbase = a\npkgver\n", 'line 2: expected "name = value", not "pkgver"'],
  ["pkgbase = a\npkg ver = 1\n", 'line 2: expected "name = value", not "pkg ver = 1"'],
  ["pkgbase = a\npkgver = 1\0\n", 'line 2: expected "name = value", not "pkgver = 1\\u0000"'],
  ["pkgbase = a\npkgbase = b\n", "line 2: expected pkgbase b only once"],
  ["pkgbase = a\npkgname = b\npkgname = b\n", "line 3: expected pkgname b only once"],
  ["pkgbase = ../a\npkgname = a\n", 'line 1: "../a" is not a package name'],
  ["pkgbase = a\npkgname = -a\n", 'line 2: "-a" is not a package name'],
  ["pkgbase = a\n", "the .SRCINFO names no package"],
])("%j is refused: %s", (text, message) => {
  expect(() => parseSrcinfo(text)).toThrow(new Fault("invalid", message));
});

test.each([
  ["\tpkgrel = 1\n", "the .SRCINFO of a has no pkgver"],
  ["\tpkgver = 1\n\tpkgrel =\n", "the .SRCINFO of a has no pkgrel"],
])("the version of %j is refused: %s", (fields, message) => {
  const srcinfo = parseSrcinfo(`pkgbase = a\n${fields}\npkgname = a\n`);

  expect(() => versionOf(srcinfo)).toThrow(new Fault("invalid", message));
});

test.each([
  ["1-2", "1-2-1"],
  ["1\n\tpkgver = 2", "2-1"],
])(
  "the version of pkgver = %j is as the AUR lists it, though makepkg refuses it",
  (pkgver, version) => {
    const srcinfo = parseSrcinfo(`pkgbase = a\n\tpkgver = ${pkgver}\n\tpkgrel = 1\npkgname = a\n`);

    expect(versionOf(srcinfo)).toBe(version);
  },
);

test("an architecture that is none is passed over", () => {
  const srcinfo = parseSrcinfo("pkgbase = a\n\tarch = x86/64\n\tarch = ARM\npkgname = a\n");

  expect(archesOf(srcinfo, "a")).toEqual(["ARM"]);
});

test("a field named as a property of every object is a field like others", () => {
  const text = "pkgbase = a\n\t__proto__ = x\n\tconstructor = y\n\npkgname = a\n";
  const srcinfo = parseSrcinfo(text);

  expect(formatSrcinfo(srcinfo)).toBe(text);
  expect(fieldOf(srcinfo, "a", "__proto__", "any")).toEqual(["x"]);
});

test.each([
  ["one line of white space", `pkgbase = a${" ".repeat(5_000_000)}b`],
  ["one value", `pkgbase = a\n\tpkgdesc = ${"x ".repeat(2_500_000)}\n\npkgname = a`],
  ["many lines", `pkgbase = a\n${"\tdepends = b\n".repeat(400_000)}\npkgname = a`],
  ["no line", "=".repeat(5_000_000)],
])("5 MB as %s are answered at once", (_, text) => {
  const before = performance.now();

  try {
    parseSrcinfo(text);
  } catch (error) {
    expect(String(error).length).toBeLessThan(400);
  }

  expect(performance.now() - before).toBeLessThan(20_000);
});
