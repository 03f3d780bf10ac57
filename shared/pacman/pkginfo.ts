import * as v from "valibot";
import { Arch, Pkgbase, Pkgname, Version } from "#shared/model.ts";
import { Count, many, maybe, one, parseFields, readFields, SecondsAsInstant } from "./fields.ts";

/** What a package file says of itself, by the names that makepkg(8) writes into its .PKGINFO. */
export const Pkginfo = v.object({
  pkgname: one(Pkgname),
  pkgbase: maybe(Pkgbase),
  /** `[epoch:]pkgver-pkgrel` */
  pkgver: one(Version),
  pkgdesc: maybe(v.string()),
  url: maybe(v.string()),
  builddate: maybe(SecondsAsInstant),
  packager: maybe(v.string()),
  /** Of the installed files, in bytes. */
  size: maybe(Count),
  arch: one(Arch),
  license: many,
  replaces: many,
  group: many,
  conflict: many,
  provides: many,
  backup: many,
  depend: many,
  optdepend: many,
  makedepend: many,
  checkdepend: many,
  /** `name=value`, as pacman 6.1 writes it. */
  xdata: many,
});
export type Pkginfo = v.InferOutput<typeof Pkginfo>;

export const parsePkginfo = (text: string): Pkginfo =>
  parseFields(Pkginfo, readFields(text, ".PKGINFO"), ".PKGINFO");
