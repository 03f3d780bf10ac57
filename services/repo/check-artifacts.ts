import { parsePackageFileName } from "#shared/pacman/package-file-name.ts";
import type { Pkginfo } from "#shared/pacman/pkginfo.ts";

/** What a build's request says that it makes. */
export type Promised = {
  readonly pkgbase: string;
  readonly pkgnames: readonly string[];
  /** `[epoch:]pkgver-pkgrel` */
  readonly version: string;
  readonly arch: string;
};

/** A package file, by its name and by what it says of itself. */
export type Found = { readonly filename: string; readonly pkginfo: Pkginfo };

/** Debug symbols that makepkg splits off (OPTIONS of makepkg.conf(5)); nobody asked for them. */
export const isDebug = (filename: string, { pkgbase, pkgnames }: Promised) => {
  const debug = `${pkgbase}-debug`;
  return parsePackageFileName(filename).pkgname === debug && !pkgnames.includes(debug);
};

/** Nothing when the package files are what the build promised; else the first difference, for a person. */
export const findDifference = (promise: Promised, found: readonly Found[]): string | undefined => {
  const names = found.map(({ pkginfo }) => pkginfo.pkgname);
  const missing = promise.pkgnames.filter((pkgname) => !names.some((name) => name === pkgname));
  const twice = found.find(({ pkginfo }, at) => names.indexOf(pkginfo.pkgname) !== at);
  return (
    found.map((file) => differenceOf(promise, file)).find((text) => text !== undefined) ??
    (twice && `${twice.filename} is a second package ${twice.pkginfo.pkgname}, expected one`) ??
    (missing.length > 0 ? `no package ${missing.join(", ")} was built` : undefined)
  );
};

const differenceOf = (promise: Promised, { filename, pkginfo }: Found) => {
  const { pkgname, pkgbase = pkgname, pkgver, arch } = pkginfo;
  const expected = (what: string, found: string, wanted: string) =>
    `${filename} is ${what} ${found}, expected ${wanted}`;
  if (!promise.pkgnames.some((name) => name === pkgname))
    return expected("package", pkgname, promise.pkgnames.join(" or "));
  if (pkgbase !== promise.pkgbase) return expected("of package base", pkgbase, promise.pkgbase);
  if (pkgver !== promise.version) return expected("version", pkgver, promise.version);
  if (arch !== promise.arch && arch !== "any")
    return expected("for architecture", arch, `${promise.arch} or any`);
  const { extension } = parsePackageFileName(filename);
  const proper = `${pkgname}-${pkgver}-${arch}${extension}`;
  return filename === proper ? undefined : `${filename} holds what belongs into ${proper}`;
};
