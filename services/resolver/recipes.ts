import { Fault } from "#shared/fault.ts";
import { inTurns } from "#shared/in-turns.ts";
import type { SourceId } from "#shared/model.ts";
import type { Dependency } from "#shared/pacman/dependency.ts";
import { parseSrcinfo } from "#shared/pacman/srcinfo.ts";
import { shareNext } from "#shared/single-flight.ts";
import type { State } from "#shared/state/state.ts";
import { minutes } from "#shared/time.ts";
import type { Published } from "./plan.ts";
import { type Find, type Offer, openIndex, type Recipe, recipeOf } from "./providers.ts";
import {
  countAdded,
  findGeneration,
  listAdded,
  listFetched,
  readPublished,
  readSrcinfos,
  type Source,
} from "./store.ts";

export type Added = {
  readonly recipe: Recipe;
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
  now(): number;
};

type Kept = Added & { readonly id: SourceId; readonly fetchedAt: number };

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

/** By how much the clocks of hosts may differ, and how long a source that was fetched may take to be written. */
const skew = minutes(10);

/**
 * Keeps the recipes of the packages that are added, and what is published, between one add or plan and the next: only
 * what was written since is read and parsed.
 */
export const openRecipes = ({ state: { read }, config: { ARCH: arch }, now }: Parts): Recipes => {
  const kept = new Map<SourceId, Kept>();
  const added = new Map<string, Kept>();
  const offered = openIndex<Offer>();
  let published: readonly Published[] = [];
  let publishedIndex = openIndex<Published>();
  let generation = 0;
  let lookedAt = 0;
  const share = shareNext<void>();

  const forget = (id: SourceId) => {
    const recipe = kept.get(id)?.recipe;
    kept.delete(id);
    if (!recipe) return;
    if (added.get(recipe.pkgbase)?.recipe === recipe) added.delete(recipe.pkgbase);
    for (const offer of recipe.offers) offered.remove(offer);
  };
  const keep = ({
    id,
    spec,
    srcinfo,
    fetchedAt: at,
  }: Pick<Source, "id" | "spec" | "srcinfo" | "fetchedAt">) => {
    const recipe = recipeOf(parseSrcinfo(srcinfo), arch);
    // In one turn: in between, a package that is fetched anew would be missing.
    for (const old of [id, added.get(recipe.pkgbase)?.id]) if (old) forget(old);
    const its = { id, recipe, isAur: spec.type === "aur", fetchedAt: at };
    kept.set(id, its);
    added.set(recipe.pkgbase, its);
    for (const offer of recipe.offers) offered.add(offer);
  };

  const keepAll = async (ids: readonly SourceId[]) =>
    inTurns(await readSrcinfos(read, ids), (source) => {
      // A stored source that cannot be parsed any more offers nothing, and holds up no other package.
      refusalOf(() => keep(source));
    });

  const refreshAdded = async () => {
    const at = now();
    const recent = kept.size === 0 ? [] : await listFetched(read, lookedAt - skew);
    const changed = recent.filter(([id, fetchedAt]) => kept.get(id)?.fetchedAt !== fetchedAt);
    await keepAll(changed.map(([id]) => id));
    lookedAt = at;
    // As long as no package was removed, those that were fetched are all that changed.
    if (kept.size === (await countAdded(read))) return;
    const listed = new Set((await listAdded(read)).map(([, source]) => source));
    await keepAll([...listed].filter((id) => !kept.has(id)));
    for (const id of kept.keys()) if (!listed.has(id)) forget(id);
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
      const its = kept.get(source.id);
      return its?.fetchedAt === source.fetchedAt
        ? its.recipe
        : recipeOf(parseSrcinfo(source.srcinfo), arch);
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
