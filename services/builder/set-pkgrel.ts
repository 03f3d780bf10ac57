import { Fault } from "#shared/fault.ts";
import type { Pkgrel, Version } from "#shared/model.ts";
import { splitVersion } from "#shared/pacman/pkgrel.ts";

type Numbering = {
  readonly pkgbase: string;
  /** What the build is expected to make. */
  readonly version: Version;
  readonly pkgrel: Pkgrel;
};

/** An assignment that begins its line, up to the end of its value. */
const assignmentOf = (name: string) =>
  new RegExp(`^${name}=(?:"[^"\\n]*"|'[^'\\n]*'|\\$\\([^\\n]*\\)|[^\\s;#]*)`, "gm");

const hasPkgver = /^[ \t]*(?:function[ \t]+)?pkgver[ \t]*\([ \t]*\)/m;

/**
 * A PKGBUILD with another pkgrel in every `pkgrel=` that begins a line: an appended line would leave
 * `depends=(x=$pkgver-$pkgrel)` as it was. A pkgver() that finds what `pkgver=` has already keeps makepkg from setting
 * pkgrel to 1, so `pkgver=` gets the expected version. `Fault` invalid where the PKGBUILD takes no other pkgrel.
 *
 * Source: update_pkgver() of makepkg(8).
 */
export const setPkgrel = (pkgbuild: string, { pkgbase, version, pkgrel }: Numbering): string => {
  const own = [...pkgbuild.matchAll(assignmentOf("pkgrel"))].map(([text]) => text);
  if (own.length === 0 || own.some((text) => text.includes(".")))
    throw new Fault(
      "invalid",
      `${pkgbase} ${recipeVersionOf(version)} is published with other bytes; raise pkgrel`,
    );
  const numbered = pkgbuild.replace(assignmentOf("pkgrel"), () => `pkgrel=${pkgrel}`);
  if (!hasPkgver.test(numbered)) return numbered;
  const { pkgver } = splitVersion(version);
  const word = quoted(pkgver.replace(/^\d+:/, ""));
  return numbered.replace(assignmentOf("pkgver"), () => `pkgver=${word}`);
};

/** As the recipe itself has it. */
const recipeVersionOf = (version: Version) => version.replace(/\.\d+$/, "");

const quoted = (text: string) =>
  /^[A-Za-z0-9._+]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
