import * as v from "valibot";
import { Arch, Pkgbase, Pkgname, Sha256, Version } from "#shared/model.ts";
import { Count, many, maybe, one, parseFields, readFields, SecondsAsInstant } from "./fields.ts";

/**
 * Where and with what a package was built. Source: BUILDINFO(5), formats 1 and 2; a later format is read as far as it has
 * these fields.
 */
export const Buildinfo = v.object({
  format: one(Count),
  pkgname: one(Pkgname),
  pkgbase: maybe(Pkgbase),
  /** `[epoch:]pkgver-pkgrel` */
  pkgver: one(Version),
  pkgarch: one(Arch),
  pkgbuild_sha256sum: maybe(Sha256),
  packager: maybe(v.string()),
  builddate: maybe(SecondsAsInstant),
  builddir: maybe(v.string()),
  /** From format 2 on. */
  startdir: maybe(v.string()),
  buildtool: maybe(v.string()),
  buildtoolver: maybe(v.string()),
  buildenv: many,
  options: many,
  /** `pkgname-version-arch` of every package that was there. */
  installed: many,
});
export type Buildinfo = v.InferOutput<typeof Buildinfo>;

export const parseBuildinfo = (text: string): Buildinfo =>
  parseFields(Buildinfo, readFields(text, ".BUILDINFO"), ".BUILDINFO");
