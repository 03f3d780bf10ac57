import { expect, test } from "vitest";
import { parseBuildinfo } from "#shared/pacman/buildinfo.ts";
import { recordedOf } from "../../../services/builder/recorded.ts";

const record = (...lines: readonly string[]) =>
  parseBuildinfo(
    ["format = 2", "pkgname = app", "pkgver = 1-1", "pkgarch = any", ...lines].join("\n"),
  );

const published = { sourceDateEpoch: 17, extension: ".pkg.tar.xz" };

const fixed = { LANG: "C.UTF-8", TZ: "UTC", SOURCE_DATE_EPOCH: "17", PKGEXT: ".pkg.tar.xz" };

test("everything that was recorded is what makepkg finds again", () => {
  const buildinfo = {
    ...record(
      ...["packager = A B <a@example.org>", "builddir = /build", "startdir = /start dir"],
      ...["buildtool = devtools", "buildtoolver = 1:1.4.0-1-any"],
      ...["buildenv = !distcc", "buildenv = color", "options = strip", "options = !lto"],
      ...["installed = bash-5.3-2-x86_64"],
    ),
    pkgarch: "x86_64",
  };

  expect(recordedOf(buildinfo, published)).toEqual({
    startdir: "/start dir",
    builddir: "/build",
    environment: {
      ...fixed,
      PACKAGER: "A B <a@example.org>",
      BUILDDIR: "/build",
      CARCH: "x86_64",
      BUILDTOOL: "devtools",
      BUILDTOOLVER: "1:1.4.0-1-any",
    },
    makepkgConf: "BUILDENV=(!distcc color)\nOPTIONS=(strip !lto)\n",
    installed: ["bash-5.3-2-x86_64"],
  });
});

test("what was not recorded is as the runner has it", () => {
  expect(recordedOf(record(), published)).toEqual({
    startdir: "/build/source",
    builddir: "/build/work",
    environment: { ...fixed, BUILDDIR: "/build/work" },
    makepkgConf: "BUILDENV=()\nOPTIONS=()\n",
    installed: [],
  });
});

test.each([
  ["startdir", "build"],
  ["startdir", "/"],
  ["startdir", "/build/../etc"],
  ["builddir", "/build//x"],
  ["builddir", "/usr/lib"],
  ["builddir", "/etc"],
  ["options", "strip)"],
  ["options", "a b"],
  ["buildenv", "$(id)"],
])("a record whose %s is %j is refused", (field, value) => {
  expect(() => recordedOf(record(`${field} = ${value}`), published)).toThrow(
    expect.objectContaining({
      kind: "invalid",
      message: expect.stringContaining(`${field} in .BUILDINFO: ${JSON.stringify(value)}`),
    }),
  );
});
