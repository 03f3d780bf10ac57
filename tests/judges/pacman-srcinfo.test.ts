import { createReadStream } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createZstdDecompress } from "node:zlib";
import { extract } from "tar-stream";
import { expect, test } from "vitest";
import { readPackageFile } from "#shared/pacman/package-file.ts";
import {
  architectureOf,
  fieldOf,
  formatSrcinfo,
  parseSrcinfo,
  pkgnamesOf,
  versionOf,
} from "#shared/pacman/srcinfo.ts";
import { corpusFile, corpusTest } from "../support/corpus.ts";
import { makePackages } from "../support/makepkg.ts";

const readCorpus = async () => {
  const files = new Map<string, string>();
  const archive = createReadStream(corpusFile("srcinfo.tar.zst")).pipe(createZstdDecompress());
  for await (const entry of archive.pipe(extract())) {
    if (entry.header.type === "file") files.set(entry.header.name, await text(entry));
    else entry.resume();
  }
  return files;
};

/** What we do not keep, each by a rule of its own, in the order in which they are undone. */
const layouts: [why: string, undo: (text: string) => string][] = [
  ["blank lines at the end", (file) => file.replace(/\n+$/, "\n")],
  ["comments, with the blank lines around them", (file) => file.replace(/^(#.*\n)+\n*/gm, "")],
  ["spaces around a value", (file) => file.replace(/ = +(.*?) *$/gm, " = $1")],
  ["indented by spaces", (file) => file.replace(/^[\t ]+(\w+) += /gm, "\t$1 = ")],
  ["no blank line before a package", (file) => file.replace(/([^\n])\npkgname/g, "$1\n\npkgname")],
];

corpusTest(
  "every .SRCINFO of the corpus is written as it was read, but for its layout",
  async () => {
    const corpus = await readCorpus();

    const unequal = new Map<string, number>();
    for (const [path, original] of corpus) {
      const ours = formatSrcinfo(parseSrcinfo(original));
      let undone = original;
      for (const [why, undo] of layouts) {
        if (undone === ours) break;
        const before = undone;
        undone = undo(before);
        if (undone !== before) unequal.set(why, (unequal.get(why) ?? 0) + 1);
      }
      expect(ours, path).toBe(undone);
    }

    expect(corpus.size).toBe(1_963);
    expect(Object.fromEntries(unequal)).toEqual({
      "blank lines at the end": 219,
      "comments, with the blank lines around them": 12,
      "spaces around a value": 5,
      "indented by spaces": 4,
      "no blank line before a package": 1,
    });
  },
);

const PKGBUILD = `pkgbase=split
pkgname=(split split-own split-none)
pkgver=1.2
pkgrel=1
epoch=2
pkgdesc="  Of   the base "
arch=(x86_64 aarch64)
license=(MIT)
depends=('glibc>=2' sh)
depends_x86_64=(base-x86)
depends_aarch64=(base-arm)
optdepends=('python:  for scripts')
provides=(base)
provides_x86_64=(virtual=1)
options=(!strip)
package_split() { :; }
package_split-own() {
  pkgdesc="Its own"
  depends=(own)
  depends_x86_64=(own-x86)
  provides_x86_64=(more=1)
}
package_split-none() {
  arch=(any)
  depends=()
  optdepends+=('perl: too')
  conflicts=('old<2')
}
`;

test("makepkg puts into each package what we read from the .SRCINFO that it prints", {
  timeout: 120_000,
}, async () => {
  await using packages = await makePackages({ PKGBUILD });
  const printed = await packages.makepkg("--printsrcinfo");
  const srcinfo = parseSrcinfo(printed);

  const built = await Promise.all(
    packages.files.map(async (file) => {
      const { pkginfo } = await readPackageFile(createReadStream(join(packages.folder, file)));
      const { pkgname, pkgver, pkgdesc, arch, depend, optdepend, provides, conflict } = pkginfo;
      return { pkgname, pkgver, pkgdesc, arch, depend, optdepend, provides, conflict };
    }),
  );

  const arch = "x86_64";
  expect(formatSrcinfo(srcinfo)).toBe(printed);
  expect(built).toEqual(
    pkgnamesOf(srcinfo)
      .toSorted()
      .map((pkgname) => ({
        pkgname,
        pkgver: versionOf(srcinfo),
        pkgdesc: fieldOf(srcinfo, pkgname, "pkgdesc", arch)[0],
        arch: architectureOf(srcinfo, pkgname, arch),
        depend: fieldOf(srcinfo, pkgname, "depends", arch),
        optdepend: fieldOf(srcinfo, pkgname, "optdepends", arch),
        provides: fieldOf(srcinfo, pkgname, "provides", arch),
        conflict: fieldOf(srcinfo, pkgname, "conflicts", arch),
      })),
  );
});
