import type { Pkgrel, Version } from "#shared/model.ts";

/** `[epoch:]pkgver` and pkgrel of a version. */
export const splitVersion = (version: Version) => {
  const hyphen = version.lastIndexOf("-");
  return { pkgver: version.slice(0, hyphen), pkgrel: version.slice(hyphen + 1) };
};

/**
 * The pkgrel that a recipe has itself, where a package was built as `version`. `given`: the pkgrel that kiln gave the
 * build in place of the recipe's.
 */
export const recipePkgrelOf = (version: Version, given: Pkgrel | null) => {
  const { pkgrel } = splitVersion(version);
  return pkgrel === given ? wholeOf(pkgrel) : pkgrel;
};

/**
 * The pkgrel `N.k` for another build of a version whose recipe has the pkgrel `N`, above all that are `used`. Undefined
 * where the recipe's pkgrel has a decimal: makepkg takes no `N.k.j`.
 *
 * Source: lint_pkgbuild/pkgrel.sh of makepkg(8).
 */
export const nextPkgrel = (recipe: string, used: readonly string[]): Pkgrel | undefined => {
  if (!/^\d+$/.test(recipe)) return undefined;
  return `${recipe}.${highestOf(recipe, used) + 1}`;
};

/** The highest `k` of all `N.k` that are used, where `N` is the recipe's pkgrel; 0 where only `N` is. */
export const highestOf = (recipe: string, used: readonly string[]) =>
  Math.max(
    0,
    ...used
      .filter((pkgrel) => wholeOf(pkgrel) === recipe)
      .map((pkgrel) => Number(pkgrel.split(".")[1] ?? 0)),
  );

const wholeOf = (pkgrel: string) => pkgrel.split(".")[0] ?? pkgrel;
