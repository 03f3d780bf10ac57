import type { Pkgbase } from "#shared/model.ts";
import {
  type Candidate,
  type Dependency,
  parseDependencies,
  satisfies,
} from "#shared/pacman/dependency.ts";
import { fieldOf, pkgnamesOf, type Srcinfo, versionOf } from "#shared/pacman/srcinfo.ts";

/** A package that could meet a dependency, and what builds it. */
export type Offer = Candidate & { readonly pkgbase: string };

export type Find<T> = (dependency: Dependency, isWanted?: (offer: T) => boolean) => T | undefined;

export type Index<T> = {
  add(offer: T): void;
  remove(offer: T): void;
  /**
   * Finds what meets a dependency: a package of that very name before one that provides it, and of several the first
   * one added.
   */
  readonly find: Find<T>;
};

/** An index of offers by what they meet. */
export const openIndex = <T extends Candidate>(): Index<T> => {
  const byName = new Map<string, Set<T>>();
  const byProvision = new Map<string, Set<T>>();
  const put = (map: Map<string, Set<T>>, name: string, offer: T) => {
    const offers = map.get(name);
    if (offers) offers.add(offer);
    else map.set(name, new Set([offer]));
  };
  const firstOf = (offers: Iterable<T> | undefined, meets: (offer: T) => boolean) => {
    for (const offer of offers ?? []) if (meets(offer)) return offer;
    return undefined;
  };
  return {
    add(offer) {
      put(byName, offer.name, offer);
      for (const name of provisionsOf(offer)) put(byProvision, name, offer);
    },
    remove(offer) {
      byName.get(offer.name)?.delete(offer);
      for (const name of provisionsOf(offer)) byProvision.get(name)?.delete(offer);
    },
    find(dependency, isWanted = () => true) {
      const meets = (offer: T) => isWanted(offer) && satisfies(dependency, offer);
      return (
        firstOf(byName.get(dependency.name), meets) ??
        firstOf(byProvision.get(dependency.name), meets)
      );
    },
  };
};

const provisionsOf = ({ provides = [] }: Candidate) =>
  parseDependencies(provides).map(({ name }) => name);

/** Finds what of the offers meets a dependency, as an index does. */
export const finderOf = <T extends Candidate>(offers: Iterable<T>): Find<T> => {
  const index = openIndex<T>();
  for (const offer of offers) index.add(offer);
  return index.find;
};

/** What building a source would offer on an architecture. */
export const offersOf = (srcinfo: Srcinfo, arch: string): Offer[] =>
  pkgnamesOf(srcinfo).map((name) => ({
    pkgbase: srcinfo.pkgbase,
    name,
    version: versionOf(srcinfo),
    provides: fieldOf(srcinfo, name, "provides", arch),
    isUnbuilt: true,
  }));

/**
 * What must be there to build a source, and to install what it builds: the dependencies of all three
 * kinds, of the base and of each package, each once.
 */
export const needsOf = (srcinfo: Srcinfo, arch: string): string[] => {
  const ofBase = ["depends", "makedepends", "checkdepends"].flatMap((kind) =>
    fieldOf(srcinfo, undefined, kind, arch),
  );
  const ofPackages = pkgnamesOf(srcinfo).flatMap((name) => fieldOf(srcinfo, name, "depends", arch));
  return [...new Set([...ofBase, ...ofPackages])];
};

/** What a source offers and needs on one architecture. */
export type Recipe = {
  readonly pkgbase: Pkgbase;
  readonly offers: readonly Offer[];
  readonly needs: readonly string[];
};

export const recipeOf = (srcinfo: Srcinfo, arch: string): Recipe => ({
  pkgbase: srcinfo.pkgbase,
  offers: offersOf(srcinfo, arch),
  needs: needsOf(srcinfo, arch),
});

/** The official repositories, as far as they could be read. */
export type Official = {
  readonly has: (dependency: Dependency) => boolean;
  /** Whether packages name this as their group. makepkg takes no group for a dependency. */
  readonly isGroup: (name: string) => boolean;
  /** Why part of them could not be read; absent when all were. */
  readonly problem?: string;
};
