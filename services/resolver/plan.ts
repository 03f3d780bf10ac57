import type { Pkgbase } from "#shared/model.ts";
import { parseDependency } from "#shared/pacman/dependency.ts";
import type { Srcinfo } from "#shared/pacman/srcinfo.ts";
import { finderOf, needsOf, type Offer, type Official, offersOf } from "./providers.ts";
import { type Edge, type Graph, reachable, withoutSoftCycles } from "./reach.ts";

/** A package file of the repository. */
export type Published = Offer & { readonly depends: readonly string[] };

export type Surroundings = {
  readonly arch: string;
  readonly official: Official;
  readonly published: readonly Published[];
  /** The packages that are added and are not coming. */
  readonly added: readonly Srcinfo[];
};

export type Needs = {
  readonly needs: readonly Pkgbase[];
  readonly missing: readonly string[];
  readonly unbuilt: readonly string[];
};

/**
 * What of the packages that are coming each must wait for, transitively and through what is published
 * already, and what it lacks. Who meets a need: the official repositories, the package itself, another
 * that is coming, what is published. In a cycle nobody waits for what is published in a version that does.
 */
export const planNeeds = (
  coming: ReadonlyMap<Pkgbase, Srcinfo>,
  { arch, official, published, added }: Surroundings,
): ReadonlyMap<Pkgbase, Needs> => {
  const bases = new Set<string>(coming.keys());
  const own = new Map([...coming].map(([base, it]) => [base, finderOf(offersOf(it, arch))]));
  const findComing = finderOf([...coming.values()].flatMap((it) => offersOf(it, arch)));
  const findPublished = finderOf(published);
  const built = new Set(published.map(({ pkgbase }) => pkgbase));
  const unbuilt = added.filter(({ pkgbase }) => !built.has(pkgbase));
  const findUnbuilt = finderOf(unbuilt.flatMap((it) => offersOf(it, arch)));

  /** None where nothing is needed, or nobody has it. */
  const edgesTo = (texts: readonly string[]) =>
    texts.flatMap((text): Edge[] => {
      const need = parseDependency(text);
      if (official.has(need)) return [];
      const [next, present] = [findComing(need), findPublished(need)];
      if (next) return [{ to: next.pkgbase, soft: present !== undefined }];
      const isThere = present && !bases.has(present.pkgbase);
      return isThere ? [{ to: fileNode(present.name), soft: false }] : [];
    });
  const othersOf = (pkgbase: Pkgbase, srcinfo: Srcinfo) =>
    needsOf(srcinfo, arch).filter((text) => !own.get(pkgbase)?.(parseDependency(text)));

  const graph: Graph = new Map([
    ...published.map(({ name, depends }) => [fileNode(name), edgesTo(depends)] as const),
    ...[...coming].map(([base, it]) => [base, edgesTo(othersOf(base, it))] as const),
  ]);
  const acyclic = withoutSoftCycles(graph);

  const isMissing = (text: string) => {
    const need = parseDependency(text);
    const isThere = official.has(need) || findComing(need) || findPublished(need);
    return official.problem === undefined && !isThere;
  };
  const planOf = (pkgbase: Pkgbase, srcinfo: Srcinfo): Needs => {
    const reached = reachable(acyclic, pkgbase);
    const missing = othersOf(pkgbase, srcinfo).filter(isMissing);
    return {
      needs: [...coming.keys()].filter((it) => it !== pkgbase && reached.has(it)),
      missing,
      unbuilt: missing.filter((text) => findUnbuilt(parseDependency(text))),
    };
  };
  return new Map([...coming].map(([base, it]) => [base, planOf(base, it)]));
};

/** No pkgbase has a slash. */
const fileNode = (pkgname: string) => `file/${pkgname}`;
