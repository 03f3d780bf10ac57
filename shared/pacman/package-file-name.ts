import * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import { Arch, FileName, Pkgname, Version } from "#shared/model.ts";

const PackageFileName = v.object({
  pkgname: Pkgname,
  /** `[epoch:]pkgver-pkgrel` */
  version: Version,
  arch: Arch,
  /** PKGEXT of makepkg.conf(5): `.pkg.tar.zst` */
  extension: v.pipe(v.string(), v.regex(/^\.pkg\.tar(\.[A-Za-z0-9]+)?$/)),
});
export type PackageFileName = v.InferOutput<typeof PackageFileName>;

/** Takes `foo-bar-1:1.2-3-x86_64.pkg.tar.zst` apart, from its end. */
export const parsePackageFileName = (filename: string): PackageFileName => {
  const [, pkgname, version, arch, extension] =
    /^(.+)-([^-]+-[^-]+)-([^-.]+)(\.pkg\.tar(?:\..*)?)$/.exec(filename) ?? [];
  const parts = v.safeParse(PackageFileName, { pkgname, version, arch, extension });
  if (parts.success && v.is(FileName, filename)) return parts.output;
  throw new Fault(
    "invalid",
    `expected a file name like name-1.0-1-any.pkg.tar.zst, not ${filename.slice(0, 300)}`,
  );
};

export const packageFileName = ({ pkgname, version, arch, extension }: PackageFileName) =>
  `${pkgname}-${version}-${arch}${extension}`;
