import { type Candidate, parseDependency, satisfies } from "./dependency.ts";

export type Installable = Candidate & { readonly depends: readonly string[] };

/** A package that stays, and what it depends on that nothing meets any more. */
export type Broken<T> = { readonly package: T; readonly dependency: string };

/**
 * What breaks for clients when packages of a repository go and others come: every dependency of a package that stays which
 * a package that goes meets, and which nothing that stays or comes meets. libalpm refuses such an upgrade.
 *
 * Source: alpm_checkdeps in libalpm/deps.c.
 */
export const findBroken = <T extends Installable>(
  staying: Iterable<T>,
  gone: readonly Candidate[],
  come: readonly Candidate[],
): Broken<T>[] => {
  const offered = new Set(
    gone.flatMap(({ name, provides = [] }) => [name, ...provides.map(nameOf)]),
  );
  if (offered.size === 0) return [];
  const left = [...staying];
  const broken: Broken<T>[] = [];
  for (const it of left)
    for (const [at, name] of namesIn(it.depends).entries()) {
      const text = it.depends[at];
      if (text === undefined || !offered.has(name)) continue;
      const dependency = parseDependency(text);
      const isMet = (offers: readonly Candidate[]) =>
        offers.some((offer) => satisfies(dependency, offer));
      if (isMet(gone) && !isMet(come) && !isMet(left))
        broken.push({ package: it, dependency: text });
    }
  return broken;
};

/** By lists of dependencies, the names in them: a large repository is looked through at every publish. */
const named = new WeakMap<readonly string[], readonly string[]>();

const namesIn = (depends: readonly string[]) => {
  const known = named.get(depends);
  if (known) return known;
  const names = depends.map(nameOf);
  named.set(depends, names);
  return names;
};

/** The name that a dependency or provision begins with. */
const nameOf = (text: string) => {
  const end = text.search(/[<>=]|: /);
  return end === -1 ? text : text.slice(0, end);
};
