import type { Pkgbase } from "#shared/model.ts";
import type { RecipeInfo } from "#shared/recipe-views.ts";
import type { Api } from "../context.ts";
import { demandSource } from "../store/sources.ts";
import { readSnapshot } from "./read-snapshot.ts";
import type { SourceName } from "./source-name.ts";

type Compared = { readonly of: SourceName; readonly against: SourceName | undefined };

/** The files of a package's source, or what they change of another source's. */
export const showRecipe = async (
  { blobs, state }: Pick<Api, "blobs" | "state">,
  pkgbase: Pkgbase,
  { of, against }: Compared,
): Promise<RecipeInfo> => {
  const after = await demandSource(state.read, pkgbase, of);
  const before = against && (await demandSource(state.read, pkgbase, against));
  // Loaded here: a process at the edge compares nothing until it is asked to.
  const { compareRecipes } = await import("./compare-recipes.ts");
  return {
    of: after.id,
    against: before?.id ?? null,
    files: compareRecipes(
      before && (await readSnapshot(blobs, before.snapshotSha256)),
      await readSnapshot(blobs, after.snapshotSha256),
    ),
  };
};
