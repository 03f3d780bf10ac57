import { expect, test } from "vitest";
import { parsePkginfo } from "#shared/pacman/pkginfo.ts";
import { findDifference, isDebug } from "../../../services/repo/check-artifacts.ts";

const promised = { pkgbase: "foo", pkgnames: ["foo", "foo-docs"], version: "1-1", arch: "x86_64" };

const found = (filename: string, pkgname: string, changes: Record<string, string> = {}) => {
  const fields = { pkgname, pkgbase: "foo", pkgver: "1-1", arch: "x86_64", ...changes };
  const lines = Object.entries(fields).map(([name, value]) => `${name} = ${value}`);
  return { filename, pkginfo: parsePkginfo(lines.join("\n")) };
};

const foo = found("foo-1-1-x86_64.pkg.tar.zst", "foo");
const docs = found("foo-docs-1-1-any.pkg.tar.zst", "foo-docs", { arch: "any" });

test("what was promised has no difference, in any compression, and for any architecture", () => {
  expect(findDifference(promised, [foo, docs])).toBeUndefined();
});

test.each([
  ["a missing member", [docs], "no package foo was built"],
  ["nothing at all", [], "no package foo, foo-docs was built"],
  [
    "a package more",
    [foo, docs, found("bar-1-1-any.pkg.tar.zst", "bar", { arch: "any" })],
    "bar-1-1-any.pkg.tar.zst is package bar, expected foo or foo-docs",
  ],
  [
    "a package twice",
    [foo, docs, found("foo-1-1-any.pkg.tar.zst", "foo", { arch: "any" })],
    "foo-1-1-any.pkg.tar.zst is a second package foo, expected one",
  ],
  [
    "another release",
    [found("foo-1-2-x86_64.pkg.tar.zst", "foo", { pkgver: "1-2" }), docs],
    "foo-1-2-x86_64.pkg.tar.zst is version 1-2, expected 1-1",
  ],
  [
    "another epoch",
    [found("foo-1:1-1-x86_64.pkg.tar.zst", "foo", { pkgver: "1:1-1" }), docs],
    "foo-1:1-1-x86_64.pkg.tar.zst is version 1:1-1, expected 1-1",
  ],
  [
    "a file name of another package",
    [found("foo-docs-1-1-x86_64.pkg.tar.zst", "foo"), docs],
    "foo-docs-1-1-x86_64.pkg.tar.zst holds what belongs into foo-1-1-x86_64.pkg.tar.zst",
  ],
])("%s is a difference", (_name, files, difference) => {
  expect(findDifference(promised, files)).toBe(difference);
});

test("debug symbols are known by their name, unless the package itself is called so", () => {
  const name = "foo-debug-1-1-x86_64.pkg.tar.zst";

  expect(isDebug(name, promised)).toBe(true);
  expect(isDebug(name, { ...promised, pkgnames: ["foo-debug"] })).toBe(false);
  expect(isDebug("foo-1-1-x86_64.pkg.tar.zst", promised)).toBe(false);
});
