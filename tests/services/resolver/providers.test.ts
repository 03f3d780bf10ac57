import { expect, test } from "vitest";
import { parseDependency } from "#shared/pacman/dependency.ts";
import { parseSrcinfo } from "#shared/pacman/srcinfo.ts";
import { finderOf, needsOf, offersOf } from "../../../services/resolver/providers.ts";
import { recipe } from "../../support/recipe.ts";

const offers = [
  { pkgbase: "first", name: "first", version: "1-1", provides: ["api=1", "named"] },
  { pkgbase: "second", name: "second", version: "1-1", provides: ["api=2", "plain"] },
  { pkgbase: "named", name: "named", version: "5-1" },
];

test.each([
  ["api", "first"],
  ["api>=2", "second"],
  ["api>=3", undefined],
  ["named", "named"],
  ["named>=5", "named"],
  ["named<5", undefined],
  ["plain", "second"],
  ["plain=1", undefined],
  ["nobody", undefined],
])("%s is met by %s", (text, name) => {
  expect(finderOf(offers)(parseDependency(text))?.name).toBe(name);
});

test("a split package offers each of its packages, and needs what any of them needs", () => {
  const srcinfo = parseSrcinfo(
    recipe({
      pkgbase: "split",
      version: "1:2-3",
      depends: ["glibc"],
      makedepends: ["cmake", "glibc"],
      checkdepends: ["python"],
      provides: ["api=2"],
      packages: { "split-a": [], "split-b": ["split-a", "qt"] },
    }).srcinfo,
  );

  expect(offersOf(srcinfo, "x86_64")).toEqual([
    { pkgbase: "split", name: "split-a", version: "1:2-3", provides: ["api=2"], isUnbuilt: true },
    { pkgbase: "split", name: "split-b", version: "1:2-3", provides: ["api=2"], isUnbuilt: true },
  ]);
  expect(needsOf(srcinfo, "x86_64")).toEqual(["glibc", "cmake", "python", "split-a", "qt"]);
});
