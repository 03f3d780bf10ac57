import type { Pkgrel, Version } from "#shared/model.ts";
import { nextPkgrel, recipePkgrelOf, splitVersion } from "#shared/pacman/pkgrel.ts";

/** What is published of the source that is built. */
export type Published = {
  readonly version: Version;
  /** What kiln gave that build in place of the recipe's pkgrel. */
  readonly pkgrel: Pkgrel | null;
};

/** The version whose file names may be used already. */
export const numberedOf = (promised: Version, published: Published | undefined) => {
  const version = published?.version ?? promised;
  return {
    pkgver: splitVersion(version).pkgver,
    pkgrel: recipePkgrelOf(version, published?.pkgrel ?? null),
  };
};

type Terms = {
  readonly promised: Version;
  readonly published: Published | undefined;
  /** The build is to differ from what is published. */
  readonly renumber: boolean;
  /** The pkgrels under which that version was ever published. */
  readonly used: readonly string[];
};

/**
 * The pkgrel that a build gets in place of its recipe's, with the version that is expected then; null: the recipe's
 * stays. A source that is published as `N.k` is built as `N.k` again, as the same source gives the same bytes.
 */
export const choosePkgrel = ({
  promised,
  published,
  renumber,
  used,
}: Terms): { readonly version: Version; readonly pkgrel: Pkgrel | null } => {
  const { pkgver, pkgrel: recipe } = numberedOf(promised, published);
  const next = renumber && used.length > 0 ? nextPkgrel(recipe, used) : undefined;
  const pkgrel = next ?? published?.pkgrel ?? null;
  return { version: pkgrel === null ? promised : `${pkgver}-${pkgrel}`, pkgrel };
};
