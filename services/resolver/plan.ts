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
  const isComing = (pkgbase: string) => [...coming.keys()].some((it) => it === pkgbase);
  const findComing = finderOf([...coming.values()].flatMap((it) => offersOf(it, arch)));
  const findPublished = finderOf(published);
  const built = new Set(published.map(({ pkgbase }) => pkgbase));
  const findUnbuilt = finderOf(
    added.filter(({ pkgbase }) => !built.has(pkgbase)).flatMap((it) => offersOf(it, arch)),
  );

  /** Undefined: nothing is needed, or nobody has it. */
  const edgeTo = (text: string): Edge | undefined => {
    const need = parseDependency(text);
    if (official.has(need)) return undefined;
    const [next, present] = [findComing(need), findPublished(need)];
    if (next) return { to: next.pkgbase, soft: present !== undefined };
    return present && !isComing(present.pkgbase)
      ? { to: fileNode(present.name), soft: false }
      : undefined;
  };
  const edgesTo = (texts: readonly string[]) => texts.flatMap((text) => edgeTo(text) ?? []);

  const graph: Graph = new Map([
    ...published.map(({ name, depends }) => [fileNode(name), edgesTo(depends)] as const),
    ...[...coming].map(([pkgbase, srcinfo]) => {
      const isOwn = finderOf(offersOf(srcinfo, arch));
      const others = needsOf(srcinfo, arch).filter((text) => !isOwn(parseDependency(text)));
      return [pkgbase, edgesTo(others)] as const;
    }),
  ]);
  const acyclic = withoutSoftCycles(graph);

  const isMissing = (text: string, srcinfo: Srcinfo) => {
    const need = parseDependency(text);
    const finds = [official.has, finderOf(offersOf(srcinfo, arch)), findComing, findPublished];
    return official.problem === undefined && !finds.some((find) => find(need));
  };
  return new Map(
    [...coming].map(([pkgbase, srcinfo]) => {
      const reached = reachable(acyclic, pkgbase);
      const missing = needsOf(srcinfo, arch).filter((text) => isMissing(text, srcinfo));
      return [
        pkgbase,
        {
          needs: [...coming.keys()].filter((it) => it !== pkgbase && reached.has(it)),
          missing,
          unbuilt: missing.filter((text) => findUnbuilt(parseDependency(text))),
        },
      ];
    }),
  );
};

/** No pkgbase has a slash. */
const fileNode = (pkgname: string) => `file/${pkgname}`;
