import { endOfArchive, tarMember } from "#shared/pacman/ustar.ts";
import type { Recipe } from "./recipes.ts";

type Made = { readonly filename: string; readonly content: Uint8Array };

type Circumstances = {
  /** SOURCE_DATE_EPOCH, seconds. */
  readonly builddate: string;
  /** Tells one attempt from others, for what is not reproducible. */
  readonly attempt: string;
};

/** What makepkg leaves of a recipe: a package in a plain tar, which reads without a thread. */
export const packageOf = (
  { pkgbase, version, needs, fate, reproducible }: Recipe,
  { builddate, attempt }: Circumstances,
): Made => {
  const pkgname = fate === "builds-another" ? `${pkgbase}-other` : pkgbase;
  const pkginfo = [
    `pkgname = ${pkgname}`,
    `pkgbase = ${pkgbase}`,
    `pkgver = ${version}`,
    `builddate = ${builddate}`,
    "size = 1",
    "arch = any",
    ...needs.map((need) => `depend = ${need}`),
  ];
  const buildinfo = [
    "format = 2",
    `pkgname = ${pkgname}`,
    `pkgbase = ${pkgbase}`,
    `pkgver = ${version}`,
    "pkgarch = any",
    `builddate = ${builddate}`,
    "builddir = /build/work",
    "startdir = /build/source",
    "buildenv = !color",
    "options = strip",
    ...installed.map((entry) => `installed = ${entry}`),
  ];
  return {
    filename: `${pkgname}-${version}-any.pkg.tar.zst`,
    content: Buffer.concat([
      tarMember(".PKGINFO", `${pkginfo.join("\n")}\n`),
      tarMember(".BUILDINFO", `${buildinfo.join("\n")}\n`),
      tarMember(`usr/share/${pkgname}`, reproducible ? version : `${version} ${attempt}`),
      endOfArchive,
    ]),
  };
};

/** What is installed in every container. */
export const installed = ["bash-5.3-1-x86_64"];

/** What `pacman -Qi` prints of that. */
export const installedText = "Name : bash\nVersion : 5.3-1\nArchitecture : x86_64\n";
