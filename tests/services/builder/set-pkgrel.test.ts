import { expect, test } from "vitest";
import { setPkgrel } from "../../../services/builder/set-pkgrel.ts";

const numbering = { pkgbase: "app", version: "2:r10-3.1", pkgrel: "3.1" };

test("every pkgrel that begins a line is replaced, however it is written, and nothing else", () => {
  const recipe = `pkgver=1
pkgrel=3 # the third
pkgrel='3'; epoch=2
pkgrel="3"
pkgrel=$(( 1 + 2 ))
_pkgrel=3
depends=(x=$pkgver-$pkgrel)
`;

  expect(setPkgrel(recipe, numbering)).toBe(`pkgver=1
pkgrel=3.1 # the third
pkgrel=3.1; epoch=2
pkgrel=3.1
pkgrel=3.1
_pkgrel=3
depends=(x=$pkgver-$pkgrel)
`);
});

test("a recipe with a pkgver() gets the expected pkgver too, so that makepkg leaves pkgrel alone", () => {
  const recipe = "pkgver=r1\npkgrel=3\npkgver() {\n  pkgver=5\n}\n";

  expect(setPkgrel(recipe, numbering)).toBe("pkgver=r10\npkgrel=3.1\npkgver() {\n  pkgver=5\n}\n");
});

test("an expected pkgver is one word of bash", () => {
  const recipe = "pkgver=r1\npkgrel=3\nfunction pkgver() { :; }\n";

  const numbered = setPkgrel(recipe, { ...numbering, version: "1$(x)'-3.1" });

  expect(numbered).toContain("pkgver='1$(x)'\\'''\n");
});

test.each([
  ["has a decimal", "pkgver=1\npkgrel=3.1\n"],
  ["has no line of its own", "pkgver=1 pkgrel=3\n"],
])("a recipe whose pkgrel %s takes no other", (_how, recipe) => {
  expect(() => setPkgrel(recipe, numbering)).toThrow(
    "app 2:r10-3 is published with other bytes; raise pkgrel",
  );
});
