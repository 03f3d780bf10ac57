import { expect, test } from "vitest";
import { fillPkgbuild } from "../../../services/resolver/fill-pkgbuild.ts";

test("every place gets its value, and what is bash stays", () => {
  const template = "pkgver=@version@\nsha256sums=('@kiln.mjs@')\nlocal x=$pkgdir@foo\n";

  expect(fillPkgbuild(template, { version: "1.2", "kiln.mjs": "abc" })).toBe(
    "pkgver=1.2\nsha256sums=('abc')\nlocal x=$pkgdir@foo\n",
  );
});

test("a place without a value is a bug", () => {
  expect(() => fillPkgbuild("@version@", {})).toThrow(
    new TypeError("the PKGBUILD names @version@, which has no value"),
  );
});
