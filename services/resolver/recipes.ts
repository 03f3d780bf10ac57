import { Fault } from "#shared/fault.ts";
import { inTurns } from "#shared/in-turns.ts";
import type { SourceId } from "#shared/model.ts";
import type { Dependency } from "#shared/pacman/dependency.ts";
import { parseSrcinfo } from "#shared/pacman/srcinfo.ts";
import { shareNext } from "#shared/single-flight.ts";
import type { State } from "#shared/state/state.ts";
import type { Published } from "./plan.ts";
import { type Find, type Offer, openIndex, type Recipe, recipeOf } from "./providers.ts";
import { findGeneration, listAdded, readPublished, readSrcinfos } from "./store/added.ts";
import type { Source } from "./store/sources.ts";

export type Added = {
  /** Absent where nothing was ever fetched. */
  readonly recipe: Recipe | undefined;
  /** Follows the AUR. */
  readonly isAur: boolean;
};

export type Known = {
  /** The packages that are added, by pkgbase. */
  readonly added: ReadonlyMap<string, Added>;
  readonly published: readonly Published[];
  /** Finds a published package that meets a dependency. */
  readonly findPublished: Find<Published>;
  /** Whether an added or published package meets a dependency, but for those of one pkgbase. */
  meets(need: Dependency, except: string): boolean;
};

export type Recipes = {
  /** What a source that was read offers and needs. */
  of(source: Source): Recipe;
  /** What the tables say now; the added packages follow later calls too. */
  known(): Promise<Known>;
};

type Parts = {
  readonly state: Pick<State, "read">;
  readonly config: { readonly ARCH: string };
};

/** Why parsing is refused; undefined where it is not. */
export const refusalOf = (parse: () => unknown): string | undefined => {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
};

/**
 * Keeps the recipes of the packages that are added, and what is published, between one add or plan and the next: only
 * what was written since is read and parsed.
 */
export const openRecipes = ({ state: { read }, config: { ARCH: arch } }: Parts): Recipes => {
  const kept = new Map<SourceId, Recipe>();
  const added = new Map<string, Added>();
  const offered = openIndex<Offer>();
  let published: readonly Published[] = [];
  let publishedIndex = openIndex<Published>();
  let generation = 0;
  const share = shareNext<void>();

  const forget = (id: SourceId, recipe: Recipe) => {
    kept.delete(id);
    for (const offer of recipe.offers) offered.remove(offer);
  };
  const keep = ({ id, srcinfo }: Pick<Source, "id" | "srcinfo">) => {
    const recipe = recipeOf(parseSrcinfo(srcinfo), arch);
    kept.set(id, recipe);
    for (const offer of recipe.offers) offered.add(offer);
  };

  const refreshAdded = async () => {
    const listed = await listAdded(read);
    const named = new Set(listed.flatMap(([, , , source]) => source ?? []));
    const unread = [...named].filter((id) => !kept.has(id));
    await inTurns(await readSrcinfos(read, unread), (source) => {
      // A stored source that cannot be parsed any more offers nothing, and holds up no other package.
      refusalOf(() => keep(source));
    });
    for (const [id, recipe] of kept) if (!named.has(id)) forget(id, recipe);
    const bases = new Set<string>();
    for (const [, pkgbase, type, source] of listed) {
      const recipe = source === null ? undefined : kept.get(source);
      const isAur = type === "aur";
      bases.add(pkgbase);
      const before = added.get(pkgbase);
      if (before?.isAur !== isAur || before.recipe !== recipe)
        added.set(pkgbase, { recipe, isAur });
    }
    for (const pkgbase of added.keys()) if (!bases.has(pkgbase)) added.delete(pkgbase);
  };
  const refreshPublished = async () => {
    const newest = await findGeneration(read);
    if (newest === generation) return;
    published = await readPublished(read);
    const index = openIndex<Published>();
    await inTurns(published, index.add);
    publishedIndex = index;
    generation = newest;
  };
  const refresh = async () => {
    await refreshAdded();
    await refreshPublished();
  };

  return {
    of(source) {
      return kept.get(source.id) ?? recipeOf(parseSrcinfo(source.srcinfo), arch);
    },
    async known() {
      await share(refresh);
      const { find: findPublished } = publishedIndex;
      return {
        added,
        published,
        findPublished,
        meets(need, except) {
          const isOther = ({ pkgbase }: Offer) => pkgbase !== except;
          return (offered.find(need, isOther) ?? findPublished(need, isOther)) !== undefined;
        },
      };
    },
  };
};
