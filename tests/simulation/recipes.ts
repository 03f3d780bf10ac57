import { recipe as recipeOf } from "../support/recipe.ts";

/** How builds of one version of a package go, as often as it is built. */
export type Fate =
  | "builds"
  | "fails"
  | "fails-once"
  | "hangs"
  | "is-killed"
  | "builds-another"
  | "leaves-nothing";

/** One version of a package's files, as somebody pushed it to the AUR. */
export type Recipe = {
  readonly pkgbase: string;
  readonly version: string;
  readonly needs: readonly string[];
  readonly fate: Fate;
  /** Whether building it again makes the same bytes. */
  readonly reproducible: boolean;
  /** Whether the files hold a .SRCINFO. */
  readonly ships: boolean;
  /** Follows its own upstream repository. */
  readonly devel: boolean;
};

const mark = "# simulated: ";

/** The files of a recipe; the PKGBUILD holds the recipe itself, for the fake container that builds it. */
export const filesOf = (recipe: Recipe) => {
  const { pkgbase, version, needs, devel, ships } = recipe;
  const source = devel ? [`git+https://upstream.example/${pkgbase}.git`] : [];
  const { pkgbuild, srcinfo } = recipeOf({ pkgbase, version, depends: needs, source });
  return {
    pkgbuild: `${mark}${JSON.stringify(recipe)}\n${pkgbuild}`,
    srcinfo,
    ships,
  };
};

/** The recipe that a PKGBUILD holds. */
export const recipeIn = (pkgbuild: string): Recipe => {
  const [first = ""] = pkgbuild.split("\n", 1);
  if (!first.startsWith(mark)) throw new Error(`no recipe in ${first}`);
  return JSON.parse(first.slice(mark.length));
};
