import { inTurns } from "#shared/in-turns.ts";
import type { SourceId } from "#shared/model.ts";
import { parseSrcinfo } from "#shared/pacman/srcinfo.ts";
import type { Reader, State } from "#shared/state/state.ts";
import type { Published } from "./plan.ts";
import { type Find, finderOf, type Offer, type Recipe, recipeOf } from "./providers.ts";
import {
  findGeneration,
  type Listed,
  listAdded,
  readPublished,
  readSrcinfos,
  type Source,
} from "./store.ts";

export type Added = {
  readonly recipe: Recipe;
  /** Follows the AUR. */
  readonly isAur: boolean;
};

export type Recipes = {
  /** What a source that was read offers and needs. */
  of(source: Source): Recipe;
  /** The packages that are added now, by pkgbase, in the order of their adds. */
  added(): Promise<ReadonlyMap<string, Added>>;
  published(): Promise<readonly Published[]>;
  /** Finds who meets a dependency of what is added, built or not, and then of what is published. */
  offered(): Promise<Find<Offer>>;
};

type Parts = {
  readonly state: Pick<State, "read">;
  readonly config: { readonly ARCH: string };
};

/**
 * Keeps the recipes of the packages that are added, and what is published, between one add or plan and the next: only
 * what was written since is read and parsed. Each call looks at what the tables say now.
 */
export const openRecipes = ({ state: { read }, config: { ARCH: arch } }: Parts): Recipes => {
  let known = new Map<string, Recipe>();
  let listed: { readonly text: string; readonly added: ReadonlyMap<string, Added> } | undefined;
  let current: { readonly generation: number; readonly files: readonly Published[] } | undefined;
  let joined: { readonly of: readonly unknown[]; readonly find: Find<Offer> } | undefined;

  const added = async () => {
    const rows = await listAdded(read);
    const text = rows.join("\n");
    if (listed?.text === text) return listed.added;
    const parsed = await parseUnknown(read, rows, known, arch);
    known = new Map(parsed.map(({ key, recipe }) => [key, recipe]));
    listed = {
      text,
      added: new Map(parsed.map(({ recipe, isAur }) => [recipe.pkgbase, { recipe, isAur }])),
    };
    return listed.added;
  };
  const published = async () => {
    const generation = await findGeneration(read);
    if (current?.generation !== generation)
      current = { generation, files: await readPublished(read) };
    return current.files;
  };

  return {
    added,
    published,
    of: (source) =>
      known.get(keyOf(source.id, source.fetchedAt)) ?? recipeOf(parseSrcinfo(source.srcinfo), arch),
    async offered() {
      const of = [await added(), await published()] as const;
      if (!joined || joined.of[0] !== of[0] || joined.of[1] !== of[1]) {
        const offers = [...of[0].values()].flatMap(({ recipe }) => recipe.offers);
        joined = { of, find: finderOf([...offers, ...of[1]]) };
      }
      return joined.find;
    },
  };
};

/** Changes with each fetch. */
const keyOf = (id: SourceId | null, fetchedAt: number) => `${id} ${fetchedAt}`;

const parseUnknown = async (
  read: Reader,
  rows: readonly Listed[],
  known: ReadonlyMap<string, Recipe>,
  arch: string,
) => {
  const unknown = rows.flatMap(([, id, at]) => (id && !known.has(keyOf(id, at)) ? [id] : []));
  const parsed = new Map<string, Recipe>();
  await inTurns(await readSrcinfos(read, unknown), ({ id, srcinfo }) => {
    parsed.set(id, recipeOf(parseSrcinfo(srcinfo), arch));
  });
  return rows.flatMap(([, id, at, type]) => {
    const key = keyOf(id, at);
    const recipe = known.get(key) ?? parsed.get(String(id));
    return recipe ? [{ key, recipe, isAur: type === "aur" }] : [];
  });
};
