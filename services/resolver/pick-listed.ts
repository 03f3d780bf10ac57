import type { Pkgbase, Pkgname } from "#shared/model.ts";
import { type Dependency, satisfies } from "#shared/pacman/dependency.ts";
import type { AurRecord } from "#shared/state/sources.ts";

/** A package as the AUR lists it. */
export type AurPackage = {
  readonly name: Pkgname;
  readonly pkgbase: Pkgbase;
  readonly version: string;
  readonly provides: readonly string[];
  readonly votes: number;
  readonly record: AurRecord;
};

/** What the AUR was asked; a name that is not in a map was not asked about. */
export type Listings = {
  /** Null where the AUR has no package of the name. */
  readonly listed: ReadonlyMap<string, AurPackage | null>;
  /** The names of packages that a search for a provision found. */
  readonly found: ReadonlyMap<string, readonly Pkgname[]>;
};

type Picked =
  | { kind: "ask"; names: readonly string[]; provision?: string }
  | { kind: "none" }
  | { kind: "pick"; listed: AurPackage };

/** Who of the AUR meets a need: the package of that name, else the one with most votes that provides it. */
export const pickListed = (need: Dependency, { listed, found }: Listings): Picked => {
  const named = listed.get(need.name);
  if (named === undefined) return { kind: "ask", names: [need.name] };
  if (named && meets(named, need)) return { kind: "pick", listed: named };
  const providing = found.get(need.name);
  if (providing === undefined) return { kind: "ask", names: [], provision: need.name };
  const unknown = providing.filter((name) => !listed.has(name));
  if (unknown.length > 0) return { kind: "ask", names: unknown };
  const [best] = providing
    .flatMap((name) => listed.get(name) ?? [])
    .filter((it) => meets(it, need))
    .sort((a, b) => b.votes - a.votes || (a.name < b.name ? -1 : 1));
  return best ? { kind: "pick", listed: best } : { kind: "none" };
};

const meets = ({ name, version, provides }: AurPackage, need: Dependency) =>
  satisfies(need, { name, version, provides, isUnbuilt: true });
