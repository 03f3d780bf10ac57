import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { packageFileName, parsePackageFileName } from "#shared/pacman/package-file-name.ts";

test.each([
  ["foo-bar-1:1.2-3-x86_64.pkg.tar.zst", "foo-bar", "1:1.2-3", "x86_64", ".pkg.tar.zst"],
  ["a-1-1-any.pkg.tar", "a", "1-1", "any", ".pkg.tar"],
  ["gtk2+extra-2.1.r3-1.2-armv7h.pkg.tar.xz", "gtk2+extra", "2.1.r3-1.2", "armv7h", ".pkg.tar.xz"],
  ["a-1-2-3-4-any.pkg.tar.gz", "a-1-2", "3-4", "any", ".pkg.tar.gz"],
  ["a-1~rc1^2,3=4-1-any.pkg.tar.zst", "a", "1~rc1^2,3=4-1", "any", ".pkg.tar.zst"],
  ["a-1-1-ARM.pkg.tar.zst", "a", "1-1", "ARM", ".pkg.tar.zst"],
])("%s is taken apart and put together", (filename, pkgname, version, arch, extension) => {
  const parts = { pkgname, version, arch, extension };

  expect(parsePackageFileName(filename)).toEqual(parts);
  expect(packageFileName(parsePackageFileName(filename))).toBe(filename);
});

test.each([
  "",
  "foo",
  "foo-1-1-any.tar.zst",
  "foo-1-1-any.pkg.tar.zst.sig",
  "../foo-1-1-any.pkg.tar.zst",
  "foo/bar-1-1-any.pkg.tar.zst",
  "-foo-1-1-any.pkg.tar.zst",
  "foo-1-x-any.pkg.tar.zst",
  "foo-1-1-a y.pkg.tar.zst",
  "foo-1%41-1-any.pkg.tar.zst",
  "foo-1#2-1-any.pkg.tar.zst",
  `${"a".repeat(240)}-1-1-any.pkg.tar.zst`,
])("%j is refused", (filename) => {
  expect(() => parsePackageFileName(filename)).toThrow(Fault);
});
