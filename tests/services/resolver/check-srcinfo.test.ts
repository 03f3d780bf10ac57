import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { checkSrcinfo } from "../../../services/resolver/check-srcinfo.ts";
import { srcinfoOf } from "../../support/rows.ts";

test("a sound .SRCINFO is read", () => {
  const text = srcinfoOf("demo", [
    "depends = glibc>=2.38-1",
    "depends_x86_64 = libfoo.so=1-64",
    "provides = demo-api=1:2",
  ]);

  expect(checkSrcinfo(text).pkgbase).toBe("demo");
});

test.each([
  ["", "line 1: expected pkgbase to come first"],
  [srcinfoOf("../etc"), 'line 1: "../etc" is not a package name'],
  [srcinfoOf("-rf"), 'line 1: "-rf" is not a package name'],
  [srcinfoOf("a").replace("pkgver = 1", "pkgver ="), "the .SRCINFO of a has no pkgver"],
  [srcinfoOf("a").replace("arch = any", "arch = $(id)"), "expected an arch of a"],
  [srcinfoOf("a").replace("arch = any", "url = x"), "expected an arch of a"],
  [srcinfoOf("a", ["depends = -y"]), 'depends: "-y" is no dependency'],
  [srcinfoOf("a", ["makedepends_x86_64 = ../x"]), 'makedepends_x86_64: "../x" is no dependency'],
  [srcinfoOf("a", ["checkdepends = a b"]), 'checkdepends: "a b" is no dependency'],
  [srcinfoOf("a", ["provides = a=$(id)/"]), 'provides: "a=$(id)/" is no dependency'],
  [srcinfoOf("a", ["depends = >=1"]), '">=1" depends on no name'],
])("%j is refused: %s", (text, why) => {
  expect(() => checkSrcinfo(text)).toThrow(
    new Fault("invalid", `the .SRCINFO cannot be used: ${why}`),
  );
});

test("a .SRCINFO without an end is refused unread", () => {
  expect(() => checkSrcinfo("x".repeat(1_000_001))).toThrow("expected at most 1000000 characters");
});
