import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { parseBuildinfo } from "#shared/pacman/buildinfo.ts";

const common = `pkgname = demo
pkgbase = demo
pkgver = 1:1.2-3
pkgarch = any
pkgbuild_sha256sum = ${"0".repeat(64)}
packager = A B <a@example.org>
builddate = 1700000000
builddir = /build
buildenv = !distcc
buildenv = color
options = strip
installed = acl-2.3.1-1-x86_64
installed = attr-2.5.1-1-x86_64
`;

const expected = {
  pkgname: "demo",
  pkgbase: "demo",
  pkgver: "1:1.2-3",
  pkgarch: "any",
  pkgbuild_sha256sum: "0".repeat(64),
  packager: "A B <a@example.org>",
  builddate: 1_700_000_000_000,
  builddir: "/build",
  buildenv: ["!distcc", "color"],
  options: ["strip"],
  installed: ["acl-2.3.1-1-x86_64", "attr-2.5.1-1-x86_64"],
};

test("format 1 knows no build tool", () => {
  expect(parseBuildinfo(`format = 1\n${common}`)).toEqual({ format: 1, ...expected });
});

test("format 2 names the build tool and where it was started", () => {
  const text = `format = 2\n${common}startdir = /startdir\nbuildtool = devtools\nbuildtoolver = 1:1.0-1-any\n`;

  expect(parseBuildinfo(text)).toEqual({
    format: 2,
    ...expected,
    startdir: "/startdir",
    buildtool: "devtools",
    buildtoolver: "1:1.0-1-any",
  });
});

test("a later format is read as far as it is known", () => {
  const text = `format = 3\n${common}later = 1\n`;

  expect(parseBuildinfo(text)).toEqual({ format: 3, ...expected });
});

test.each([
  [`format = x\n${common}`, 'format in .BUILDINFO: "x" is not a count'],
  [common, "format in .BUILDINFO: expected a value"],
])("a format that is no number is refused", (text, message) => {
  expect(() => parseBuildinfo(text)).toThrow(new Fault("invalid", message));
});
