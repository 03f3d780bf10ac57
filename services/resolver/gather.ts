import type { Pkgbase, Pkgname } from "#shared/model.ts";
import type { Srcinfo } from "#shared/pacman/srcinfo.ts";
import { type Closure, closeOver, type Surroundings } from "./closure.ts";
import type { Resolver } from "./context.ts";
import { fetchSource } from "./fetch-source.ts";
import { isDevel } from "./is-devel.ts";
import type { AurPackage } from "./pick-listed.ts";
import type { Source } from "./store.ts";
import { orUnusable, type Unusable, unusable } from "./unusable.ts";

type Ask = Extract<Closure, { kind: "ask" }>;

export type Gathered =
  | { readonly kind: "closed"; readonly sources: readonly Source[] }
  | Extract<Closure, { kind: "unmet" | "blind" }>
  | Unusable;

/** Asks the AUR and fetches from it until it is decided what comes along with a source. */
export const gather = async (
  context: Resolver,
  target: Srcinfo,
  surroundings: Surroundings,
): Promise<Gathered> => {
  const learnt = {
    listed: new Map<string, AurPackage | null>(),
    found: new Map<string, readonly Pkgname[]>(),
    fetched: new Map<Pkgbase, Srcinfo>(),
    sources: new Map<Pkgbase, Source>(),
  };
  while (true) {
    const closure = closeOver(target, learnt, surroundings);
    if (closure.kind === "closed") {
      const { sources } = learnt;
      return {
        kind: "closed",
        sources: closure.choices.flatMap(({ pkgbase }) => sources.get(pkgbase) ?? []),
      };
    }
    if (closure.kind !== "ask") return closure;
    const refused =
      (await orUnusable(() => learnListed(context, closure, learnt))) ??
      (await learnSources(context, closure, learnt));
    if (refused) return refused;
  }
};

type Learnt = {
  readonly listed: Map<string, AurPackage | null>;
  readonly found: Map<string, readonly Pkgname[]>;
  readonly fetched: Map<Pkgbase, Srcinfo>;
  readonly sources: Map<Pkgbase, Source>;
};

const learnListed = async (
  { aur }: Resolver,
  { names, provisions }: Ask,
  { listed, found }: Learnt,
): Promise<undefined> => {
  for (const it of names.length > 0 ? await aur.info(names) : []) listed.set(it.name, it);
  for (const name of names) if (!listed.has(name)) listed.set(name, null);
  for (const provision of provisions) found.set(provision, await aur.search(provision));
};

const learnSources = async (
  context: Resolver,
  { sources: choices }: Ask,
  { fetched, sources }: Learnt,
): Promise<Unusable | undefined> => {
  const results = await Promise.all(
    choices.map(({ pkgbase, name }) => {
      const spec = { type: "aur", name } as const;
      const request = { spec, pkgbase, devel: isDevel(pkgbase), srcinfoOverride: false };
      return context.fetches(() => fetchSource(context, request));
    }),
  );
  for (const [index, result] of results.entries()) {
    if (result.kind === "unusable")
      return unusable(`${choices[index]?.pkgbase ?? ""} of the AUR: ${result.message}`);
    fetched.set(result.srcinfo.pkgbase, result.srcinfo);
    sources.set(result.srcinfo.pkgbase, result.source);
  }
  return undefined;
};
