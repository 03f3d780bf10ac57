import * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import { Pkgbase, Pkgname } from "#shared/model.ts";
import type { Aur } from "../../services/resolver/aur.ts";
import type { Git } from "../../services/resolver/git.ts";
import type { AurPackage } from "../../services/resolver/pick-listed.ts";
import { noAurRecord } from "../support/aur-record.ts";
import { sha256Of } from "./blobs.ts";
import type { Kernel, Process } from "./kernel.ts";
import { filesOf, type Recipe } from "./recipes.ts";

/** The AUR, and the repositories that devel packages follow: what people push there, processes fetch. */
export type Upstream = {
  push(recipe: Recipe): void;
  recipeOf(pkgbase: string): Recipe | undefined;
  /** A new commit in the repository that a devel package follows. */
  commit(pkgbase: string): void;
  /** What git-ls-remote(1) prints of such a repository; undefined where a look comes to nothing. */
  look(url: string): string | undefined;
  connect(process: Process): { readonly aur: Aur; readonly git: Git };
};

type Parts = {
  readonly kernel: Kernel;
  /** Whether a request comes to nothing. */
  fails(): boolean;
};

export const openUpstream = ({ kernel, fails }: Parts): Upstream => {
  const recipes = new Map<string, Recipe>();
  const commits = new Map<string, number>();

  const demand = (url: string) => {
    const recipe = recipes.get(/\/([^/]+)\.git$/.exec(url)?.[1] ?? "");
    if (!recipe) throw new Fault("unavailable", `failed to clone git repository: no ${url}`);
    return recipe;
  };

  const commitOf = (url: string) => {
    const [, pkgbase = ""] = /\/([^/]+)\.git$/.exec(url) ?? [];
    return sha256Of(`${pkgbase} ${commits.get(pkgbase) ?? 0}`).slice(0, 40);
  };

  return {
    push: (recipe) => void recipes.set(recipe.pkgbase, recipe),
    recipeOf: (pkgbase) => recipes.get(pkgbase),
    look: (url) => (fails() ? undefined : `${commitOf(url)}\tHEAD\n`),
    commit: (pkgbase) => void commits.set(pkgbase, (commits.get(pkgbase) ?? 0) + 1),
    connect: (process) => {
      const fetch = async (what: string, name: string) => {
        await kernel.reach(process, "fetch", what, name);
        if (fails()) throw new Fault("unavailable", `cannot reach ${name}`);
      };
      return {
        aur: {
          async info(names) {
            await fetch("info", names.join(" "));
            return names.flatMap((name) => {
              const recipe = recipes.get(name);
              return recipe ? [listed(recipe)] : [];
            });
          },
          async search(provision) {
            await fetch("search", provision);
            return [];
          },
          suggestBases: async () => [],
          gitUrl: (pkgbase) => `https://aur.example/${pkgbase}.git`,
        },
        git: {
          async fetch(url) {
            await fetch("clone", url);
            const recipe = demand(url);
            const { pkgbuild, srcinfo, ships } = filesOf(recipe);
            const texts = { PKGBUILD: pkgbuild, ...(ships && { ".SRCINFO": srcinfo }) };
            return {
              revision: revisionOf(recipe),
              committedAt: Date.UTC(2025, 0, 1),
              files: Object.entries(texts).map(([path, text]) => ({
                path,
                kind: "file" as const,
                content: new TextEncoder().encode(text),
              })),
            };
          },
          async resolve(url) {
            await fetch("resolve", url);
            return revisionOf(demand(url));
          },
          removeAbandoned: async () => {},
          ping: async () => {},
        },
      };
    },
  };
};

const revisionOf = (recipe: Recipe) => sha256Of(JSON.stringify(recipe)).slice(0, 40);

const listed = ({ pkgbase, version }: Recipe): AurPackage => ({
  name: v.parse(Pkgname, pkgbase),
  pkgbase: v.parse(Pkgbase, pkgbase),
  version,
  provides: [],
  votes: 0,
  record: noAurRecord,
});
