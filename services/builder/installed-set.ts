import * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import { Pkgname } from "#shared/model.ts";

/** A package as .BUILDINFO names it: `pkgname-version-arch`. */
export type Installed = {
  readonly entry: string;
  readonly pkgname: Pkgname;
  /** `[epoch:]pkgver-pkgrel` */
  readonly version: string;
};

/**
 * Takes an entry apart, from its end, as names and versions hold hyphens; `Fault` invalid. Of a version, pacman checks no
 * characters.
 */
export const parseInstalled = (entry: string): Installed => {
  const [, name, version = ""] = /^([^/\s]+)-([^/\s-]+-[^/\s-]+)-[^/\s-]+$/.exec(entry) ?? [];
  const pkgname = v.safeParse(Pkgname, name);
  if (pkgname.success) return { entry, pkgname: pkgname.output, version };
  throw new Fault(
    "invalid",
    `expected an installed package like name-1.0-1-any, not ${entry.slice(0, 300)}`,
  );
};

/**
 * Entries of what `pacman -Qi` printed in the C locale.
 *
 * Source: write_buildinfo() of makepkg, which asks the same.
 */
export const readInstalled = (printed: string): readonly string[] => {
  const valuesOf = (field: string) =>
    [...printed.matchAll(new RegExp(`^${field} +: (.*)$`, "gm"))].map(([, value]) => value);
  const versions = valuesOf("Version");
  const arches = valuesOf("Architecture");
  return valuesOf("Name").map((name, index) => `${name}-${versions[index]}-${arches[index]}`);
};

export type Difference = {
  /** To be installed, upgraded or downgraded. */
  readonly lacking: readonly Installed[];
  /** To be removed. */
  readonly surplus: readonly Installed[];
};

/** What to change where these packages are present and those were recorded. */
export const differenceOf = (
  recorded: readonly string[],
  present: readonly string[],
): Difference => {
  const wanted = new Set(recorded);
  const there = new Set(present);
  const names = new Set(recorded.map((entry) => parseInstalled(entry).pkgname));
  return {
    lacking: [...wanted].filter((entry) => !there.has(entry)).map(parseInstalled),
    surplus: [...there]
      .filter((entry) => !wanted.has(entry))
      .map(parseInstalled)
      .filter(({ pkgname }) => !names.has(pkgname)),
  };
};

/** Where packages that are lacking come from. */
export type Origins = {
  /** As pacman(8) names them: `repository/pkgname`. */
  readonly mirror: readonly string[];
  readonly archive: readonly Installed[];
};

/**
 * Our own are at hand; of others the mirror has the newest, and the archive all there ever were. `listed` is
 * what `pacman -Sl` printed.
 */
export const originsOf = (
  lacking: readonly Installed[],
  own: readonly string[],
  listed: string,
): Origins => {
  const atHand = new Set(own.map(entryOf));
  const served = new Map(
    [...listed.matchAll(/^(\S+) (\S+) (\S+)/gm)].map(([, repository, pkgname, version]) => [
      `${pkgname} ${version}`,
      `${repository}/${pkgname}`,
    ]),
  );
  const others = lacking.filter(({ entry }) => !atHand.has(entry));
  const targetOf = ({ pkgname, version }: Installed) => served.get(`${pkgname} ${version}`);
  return {
    mirror: others.map(targetOf).filter((target) => target !== undefined),
    archive: others.filter((it) => targetOf(it) === undefined),
  };
};

/** A package file's name without its extension. */
export const entryOf = (filename: string) => filename.replace(/\.pkg\.tar.*$/, "");

/** Where the archive may have a package: its older ones are compressed otherwise. */
export const archiveUrls = (archive: string, { entry, pkgname }: Installed): readonly string[] =>
  ["zst", "xz"].map(
    (suffix) =>
      `${archive.replace(/\/+$/, "")}/packages/${pkgname[0]}/${pkgname}/${encodeURI(entry)}.pkg.tar.${suffix}`,
  );

/** Entries for a person to read, the first few of them. */
export const firstOf = (entries: readonly string[]) => {
  const [shown, rest] = [entries.slice(0, 5), entries.length - 5];
  return rest > 0 ? `${shown.join(", ")} and ${rest} more` : shown.join(", ");
};
