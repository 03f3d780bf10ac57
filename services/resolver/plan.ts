import { parseDependencies, parseDependency } from "#shared/pacman/dependency.ts";
import { type Find, finderOf, type Offer, type Official, type Recipe } from "./providers.ts";

/** A package file of the repository. */
export type Published = Offer & { readonly depends: readonly string[] };

export type Surroundings = {
  readonly official: Official;
  /** Finds a published package that meets a dependency. */
  readonly findPublished: Find<Published>;
  /** What would be offered by packages that are added, are not coming and were never built. */
  readonly unbuilt: readonly Offer[];
};

/** `published`: a published version of what is needed would do. */
export type Edge = { readonly needs: string; readonly published: boolean };

export type Planned = {
  /** A pkgbase that is coming, or a published file that is needed and not coming, as `file/{pkgname}`. */
  readonly node: string;
  /** What the node must wait for: direct steps. */
  readonly edges: readonly Edge[];
  /** Dependencies nothing provides; none of a file. */
  readonly missing: readonly string[];
  readonly unbuilt: readonly string[];
};

/**
 * What each package that is coming must wait for, and what it lacks; then what the published files must wait for that
 * are in between. What meets a need, in this order: the official repositories, the package itself, another one that is
 * coming, a published file. A generator, as there may be thousands: the caller can let other work run in between.
 */
export function* planNeeds(
  coming: readonly Recipe[],
  { official, findPublished, unbuilt }: Surroundings,
): Generator<Planned, void> {
  const bases = new Set<string>(coming.map(({ pkgbase }) => pkgbase));
  const findComing = finderOf(coming.flatMap(({ offers }) => offers));
  const findUnbuilt = finderOf(unbuilt);

  /** Files that are needed and not yielded yet, each once. */
  const files = new Map<string, Published>();

  const plan = (node: string, texts: readonly string[], own: readonly Offer[]): Planned => {
    const findOwn = finderOf(own);
    const edges = new Map<string, Edge>();
    const missing: string[] = [];
    const add = (needs: string, isPublished: boolean) =>
      edges.set(needs, {
        needs,
        published: isPublished && (edges.get(needs)?.published ?? true),
      });
    for (const text of texts) {
      const [need] = parseDependencies([text]);
      if (!need || findOwn(need) || official.has(need)) continue;
      const [next, present] = [findComing(need), findPublished(need)];
      if (next) add(next.pkgbase, present !== undefined);
      else if (present && !bases.has(present.pkgbase)) {
        files.set(present.name, present);
        add(fileNode(present.name), false);
      } else if (!present) missing.push(text);
    }
    return { node, edges: [...edges.values()], missing, unbuilt: [] };
  };

  for (const { pkgbase, needs, offers } of coming) {
    const planned = plan(pkgbase, needs, offers);
    const missing = official.problem === undefined ? planned.missing : [];
    const its = missing.filter((text) => findUnbuilt(parseDependency(text)));
    yield { ...planned, missing, unbuilt: its };
  }
  // A map that grows meanwhile: files that are needed by files come as well.
  for (const { name, depends } of files.values())
    yield { ...plan(fileNode(name), depends, []), missing: [] };
}

/** No pkgbase has a slash. */
const fileNode = (pkgname: string) => `file/${pkgname}`;
