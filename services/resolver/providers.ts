import type { Pkgbase } from "#shared/model.ts";
import {
  type Candidate,
  type Dependency,
  parseDependency,
  satisfies,
} from "#shared/pacman/dependency.ts";
import { fieldOf, pkgnamesOf, type Srcinfo, versionOf } from "#shared/pacman/srcinfo.ts";

/** A package that could meet a dependency, and what builds it. */
export type Offer = Candidate & { readonly pkgbase: string };

export type Find<T> = (dependency: Dependency, isWanted?: (offer: T) => boolean) => T | undefined;

/**
 * Finds who meets a dependency: a package of that very name before one that provides it, and of
 * several the first offered.
 */
export const finderOf = <T extends Candidate>(offers: Iterable<T>): Find<T> => {
  const byName = new Map<string, T[]>();
  const byProvision = new Map<string, T[]>();
  for (const offer of offers) {
    add(byName, offer.name, offer);
    for (const provision of offer.provides ?? [])
      add(byProvision, parseDependency(provision).name, offer);
  }
  return (dependency, isWanted = () => true) => {
    const meets = (offer: T) => isWanted(offer) && satisfies(dependency, offer);
    return (
      byName.get(dependency.name)?.find(meets) ?? byProvision.get(dependency.name)?.find(meets)
    );
  };
};

/** What building a source would offer on an architecture. */
export const offersOf = (srcinfo: Srcinfo, arch: string): Offer[] =>
  pkgnamesOf(srcinfo).map((name) => ({
    pkgbase: srcinfo.pkgbase,
    name,
    version: versionOf(srcinfo),
    provides: fieldOf(srcinfo, name, "provides", arch),
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
  /** Why part of them could not be read; absent when all were. */
  readonly problem?: string;
};

const add = <T>(map: Map<string, T[]>, key: string, value: T) => {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
};
