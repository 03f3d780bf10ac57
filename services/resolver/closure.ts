import type { Pkgbase, Pkgname } from "#shared/model.ts";
import { type Dependency, parseDependency } from "#shared/pacman/dependency.ts";
import type { Srcinfo } from "#shared/pacman/srcinfo.ts";
import { type Listings, pickListed } from "./pick-listed.ts";
import { finderOf, needsOf, type Offer, type Official, offersOf, openIndex } from "./providers.ts";

/** What was learnt so far; a name that is not in a map was not asked about. */
export type Facts = Listings & {
  readonly fetched: ReadonlyMap<Pkgbase, Srcinfo>;
};

export type Surroundings = {
  readonly arch: string;
  readonly official: Official;
  /** What the packages that are added already offer, built or not. */
  isOwn(need: Dependency): boolean;
  /** The packages that are added and follow the AUR: what it has of them, they have with their next update. */
  isFollowing(pkgbase: string): boolean;
  /** The packages that are added from elsewhere: the AUR's of their name do not come beside them. */
  isElsewhere(pkgbase: string): boolean;
};

/** A package of the AUR to fetch, by the name under which it was chosen. */
export type Choice = { readonly pkgbase: Pkgbase; readonly name: Pkgname };

export type Closure =
  /** Not decided yet: more is to be learnt. */
  | {
      readonly kind: "ask";
      readonly names: readonly string[];
      readonly provisions: readonly string[];
      readonly sources: readonly Choice[];
    }
  /** The AUR packages that come along, each after those it needs, but for cycles. */
  | { readonly kind: "closed"; readonly choices: readonly Choice[] }
  | { readonly kind: "unmet"; readonly missing: readonly string[] }
  /** What is missing may be in an official repository that cannot be read. */
  | { readonly kind: "blind"; readonly missing: readonly string[]; readonly problem: string };

/**
 * What has to come along with a source, transitively. Who meets a need: the official repositories,
 * the packages already added, the needing source itself and those chosen before it, then the AUR,
 * by the package of that name, else by the one with most votes that provides it. The same facts give
 * the same answer.
 */
export const closeOver = (target: Srcinfo, facts: Facts, surroundings: Surroundings): Closure => {
  const { arch, official, isOwn, isFollowing, isElsewhere } = surroundings;
  const chosen = new Map<string, { choice?: Choice; needs: string[] }>();
  const offers = openIndex<Offer>();
  const ask = { names: new Set<string>(), provisions: new Set<string>() };
  const sources = new Map<Pkgbase, Choice>();
  const missing: string[] = [];

  const meet = (text: string, needed: string[]) => {
    const need = parseDependency(text);
    if (official.has(need) || isOwn(need)) return;
    const among = offers.find(need);
    if (among) return void needed.push(among.pkgbase);
    if (official.problem !== undefined) return void missing.push(text);

    const pick = pickListed(need, facts);
    if (pick.kind === "ask") {
      for (const name of pick.names) ask.names.add(name);
      if (pick.provision !== undefined) ask.provisions.add(pick.provision);
      return;
    }
    if (pick.kind === "none") return void missing.push(text);
    const { pkgbase, name } = pick.listed;
    if (isFollowing(pkgbase)) return;
    if (isElsewhere(pkgbase)) return void missing.push(text);
    const srcinfo = facts.fetched.get(pkgbase);
    if (!srcinfo) return void sources.set(pkgbase, sources.get(pkgbase) ?? { pkgbase, name });
    if (chosen.has(pkgbase)) return void missing.push(text);
    const offered = offersOf(srcinfo, arch);
    if (!finderOf(offered)(need)) return void missing.push(text);
    needed.push(pkgbase);
    visit(srcinfo, { pkgbase, name });
  };

  const queue: Srcinfo[] = [];
  const visit = (srcinfo: Srcinfo, choice?: Choice) => {
    chosen.set(srcinfo.pkgbase, { ...(choice && { choice }), needs: [] });
    for (const offer of offersOf(srcinfo, arch)) offers.add(offer);
    queue.push(srcinfo);
  };
  visit(target);
  for (const srcinfo of queue)
    for (const text of needsOf(srcinfo, arch)) meet(text, chosen.get(srcinfo.pkgbase)?.needs ?? []);

  if (official.problem !== undefined && missing.length > 0)
    return { kind: "blind", missing: unique(missing), problem: official.problem };
  if (ask.names.size + ask.provisions.size > 0)
    return { kind: "ask", names: [...ask.names], provisions: [...ask.provisions], sources: [] };
  if (missing.length > 0) return { kind: "unmet", missing: unique(missing) };
  if (sources.size > 0)
    return { kind: "ask", names: [], provisions: [], sources: [...sources.values()] };
  return { kind: "closed", choices: inOrder(target.pkgbase, chosen) };
};

/** What asks nobody: for sources that need nothing, or only what is added. */
export const unasked: Official = {
  has: () => false,
  isGroup: () => false,
  problem: "not asked",
};

const nothing: Facts = { listed: new Map(), found: new Map(), fetched: new Map() };

/** Whether a source needs more than itself and the packages that are added already. */
export const needsOthers = (target: Srcinfo, surroundings: Omit<Surroundings, "official">) =>
  closeOver(target, nothing, { ...surroundings, official: unasked }).kind !== "closed";

/** Depth first from the target, which is left out. */
const inOrder = (
  target: string,
  chosen: ReadonlyMap<string, { choice?: Choice; needs: readonly string[] }>,
) => {
  const seen = new Set<string>();
  const choices: Choice[] = [];
  const visit = (pkgbase: string) => {
    if (seen.has(pkgbase)) return;
    seen.add(pkgbase);
    const it = chosen.get(pkgbase);
    for (const need of it?.needs ?? []) visit(need);
    if (it?.choice) choices.push(it.choice);
  };
  visit(target);
  return choices;
};

const unique = (texts: readonly string[]) => [...new Set(texts)];
