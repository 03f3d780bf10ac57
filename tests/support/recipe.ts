export type Recipe = {
  readonly pkgbase: string;
  readonly version?: string;
  readonly depends?: readonly string[];
  readonly makedepends?: readonly string[];
  readonly checkdepends?: readonly string[];
  readonly provides?: readonly string[];
  readonly source?: readonly string[];
  readonly arch?: readonly string[];
  /** The packages of a split one, with what each depends on; one named as its base otherwise. */
  readonly packages?: Readonly<Record<string, readonly string[]>>;
};

/** A PKGBUILD that builds in a second and holds one file for each package, with its .SRCINFO. */
export const recipe = ({
  pkgbase,
  version = "1-1",
  arch = ["any"],
  packages,
  ...given
}: Recipe) => {
  const [pkgver = "", pkgrel = ""] = version.replace(/^\d+:/, "").split("-");
  const epoch = version.includes(":") ? version.split(":", 1) : [];
  const { depends = [], makedepends = [], checkdepends = [], provides = [], source = [] } = given;
  const arrays = { arch, makedepends, checkdepends, depends, provides, source };
  const sha256sums = source.map(() => "SKIP");
  const members = Object.entries(packages ?? { [pkgbase]: [] });
  const names = members.map(([name]) => name);

  const pkgbuild = [
    ...(packages ? [`pkgbase=${pkgbase}`] : []),
    `pkgname=(${names.join(" ")})`,
    `pkgver=${pkgver}`,
    `pkgrel=${pkgrel}`,
    ...epoch.map((it) => `epoch=${it}`),
    ...Object.entries({ ...arrays, sha256sums }).map(
      ([name, it]) => `${name}=(${it.map(quoted).join(" ")})`,
    ),
    ...members.map(([name, own]) =>
      [
        `package${packages ? `_${name}` : ""}() {`,
        ...(own.length > 0 ? [`  depends=(${own.map(quoted).join(" ")})`] : []),
        `  install -d "$pkgdir/usr/share/${name}"`,
        `  echo ${version} > "$pkgdir/usr/share/${name}/version"`,
        "}",
      ].join("\n"),
    ),
    "",
  ].join("\n");

  const lines = (values: Readonly<Record<string, readonly string[]>>) =>
    Object.entries(values)
      .flatMap(([name, its]) => its.map((it) => `\t${name} = ${it}\n`))
      .join("");
  const srcinfo = [
    `pkgbase = ${pkgbase}\n${lines({ pkgver: [pkgver], pkgrel: [pkgrel], epoch, ...arrays, sha256sums })}`,
    ...members.map(([name, own]) => `pkgname = ${name}\n${lines({ depends: own })}`),
  ].join("\n");
  return { pkgbase, pkgbuild, srcinfo };
};

const quoted = (text: string) => `'${text}'`;
