/** A recipe that builds without a network, for makepkg alone and for kiln. */
export type PlainRecipe = {
  readonly pkgbase: string;
  readonly pkgbuild: string;
  readonly files?: Readonly<Record<string, string>>;
};

const recipe = (
  pkgbase: string,
  body: string,
  files: Readonly<Record<string, string>> = {},
): PlainRecipe => ({ pkgbase, pkgbuild: `${body.trim()}\n`, files });

/** Each feature of PKGBUILD(5) that a build without a network can have is in one of them. */
export const plainRecipes: readonly PlainRecipe[] = [
  // Split packages, an epoch, overrides by members, relations of all kinds, fields of an architecture, a pkgbase that is no
  // pkgname, an install script, a changelog, a backup, groups.
  recipe(
    "plainsplit",
    `
pkgbase=plainsplit
pkgname=(plainone plaintwo plainmeta)
epoch=2
pkgver=1.0
pkgrel=3.1
pkgdesc="Of   the base: it's «nice»"
url=https://example.org/
arch=(x86_64 i686)
license=(MIT 'custom:x  y')
groups=(plain demos)
depends=('bash>=1' sh)
depends_x86_64=(coreutils)
depends_i686=(nowhere)
optdepends=('python:  for   scripts' 'perl>=5')
provides=('plain=1.0' libplain.so)
provides_x86_64=(plain64)
conflicts=('plainold<2')
replaces=(plainold)
backup=(etc/plain.conf)
options=(!strip emptydirs)
source=(plain.conf plain.txt)
source_x86_64=(plain64.txt)
sha256sums=(SKIP SKIP)
sha256sums_x86_64=(SKIP)
install=plain.install
changelog=plain.changelog
build() { cat plain.conf plain.txt plain64.txt > built; }
package_plainone() {
  install -Dm640 built "$pkgdir/etc/plain.conf"
  mkdir -p "$pkgdir/var/empty"
}
package_plaintwo() {
  pkgdesc="Its own"
  url=https://example.org/two
  license=(GPL-3.0-or-later)
  groups=()
  depends=(plainone)
  depends_x86_64=(bash)
  optdepends=()
  provides=(two=1)
  conflicts=()
  replaces=()
  backup=(etc/two.conf)
  options=(!emptydirs)
  install=
  changelog=
  install -Dm644 built "$pkgdir/etc/two.conf"
  mkdir -p "$pkgdir/var/gone"
}
package_plainmeta() {
  arch=(any)
  depends=(plainone plaintwo)
  backup=()
}
`,
    {
      "plain.conf": "a = 1\n",
      "plain.txt": "text\n",
      "plain64.txt": "for 64 bits\n",
      "plain.install": "post_install() { :; }\n",
      "plain.changelog": "2026-01-01: first\n",
    },
  ),
  // Links, modes, names that are long, odd or not ASCII, an archive that is not extracted, files in folders of their own.
  recipe(
    "plainfiles",
    `
pkgname=plainfiles
pkgver=1.0~rc1^2,3=4
pkgrel=1
arch=(any)
source=(kept.tar.gz)
noextract=(kept.tar.gz)
sha256sums=(SKIP)
package() {
  cd "$pkgdir"
  mkdir -p usr/bin usr/share/plain/sub usr/lib
  install -m755 "$srcdir/kept.tar.gz" usr/bin/plainfiles
  ln -s plainfiles usr/bin/soft
  ln -s ../../nowhere usr/share/plain/dangling
  ln usr/bin/plainfiles usr/bin/hard
  chmod 4755 usr/bin/plainfiles
  chmod 1777 usr/share/plain/sub
  echo a > usr/share/plain/sub/a
  chmod 600 usr/share/plain/sub/a
  echo a > "usr/share/plain/with space"
  echo a > "usr/share/plain/umläut ☃ 𝄞"
  echo a > $'usr/share/plain/e\\xcc\\x81'
  echo a > 'usr/share/plain/back\\slash'
  echo a > usr/share/plain/$'control\\x01'
  echo a > usr/share/plain/-dash
  echo a > usr/share/plain/.hidden
  mkdir -p "usr/share/plain/$(printf 'long%.0s' {1..50})/$(printf 'deep%.0s' {1..50})"
  echo a > "usr/share/plain/$(printf 'long%.0s' {1..50})/$(printf 'deep%.0s' {1..50})/file"
}
`,
    { "kept.tar.gz": "no archive at all\n" },
  ),
  // A package without a file.
  recipe("plainempty", "pkgname=plainempty\npkgver=0\npkgrel=1\narch=(any)\npackage() { :; }"),
  // What tidying does: stripped and kept programs, static and libtool libraries, documentation, pages that are compressed.
  recipe(
    "plaintidy",
    `
pkgbase=plaintidy
pkgname=(plainstrip plainkeep)
pkgver=1
pkgrel=1
arch=(x86_64)
depends=(glibc)
options=(!debug)
source=(x.c)
sha256sums=(SKIP)
build() {
  gcc -g -o x x.c
  gcc -g -shared -fPIC -Wl,-soname,libplaintidy.so.1 -o libplaintidy.so.1 x.c
  gcc -g -c x.c && ar rcs libplaintidy.a x.o
}
files() {
  install -Dm755 x "$pkgdir/usr/bin/$pkgname"
  install -Dm755 libplaintidy.so.1 "$pkgdir/usr/lib/$pkgname/libplaintidy.so.1"
  install -Dm644 libplaintidy.a "$pkgdir/usr/lib/$pkgname/libplaintidy.a"
  install -Dm644 x.c "$pkgdir/usr/lib/$pkgname/lib.la"
  install -Dm644 x.c "$pkgdir/usr/share/man/man1/$pkgname.1"
  install -Dm644 x.c "$pkgdir/usr/share/doc/$pkgname/README"
  install -Dm644 x.c "$pkgdir/usr/share/info/dir"
}
package_plainstrip() { files; }
package_plainkeep() {
  options=(!strip staticlibs libtool !zipman !docs !purge)
  files
}
`,
    { "x.c": "int answer(void) { return 42; }\nint main(void) { return answer() - 42; }\n" },
  ),
  // Checks with dependencies of their own, a prepare(), and a version that pkgver() finds.
  recipe(
    "plainchecked-git",
    `
pkgname=plainchecked-git
pkgver=0
pkgrel=2
arch=(any)
makedepends=(coreutils)
checkdepends=(bash)
prepare() { echo prepared > prepared; }
pkgver() { echo 1.r2.gabcdef0; }
check() { grep prepared prepared; }
package() { install -Dm644 prepared "$pkgdir/usr/share/plainchecked/prepared"; }
`,
  ),
  // A package whose compression the PKGBUILD chooses.
  recipe(
    "plaingz",
    "pkgname=plaingz\npkgver=1\npkgrel=1\narch=(any)\nPKGEXT=.pkg.tar.gz\npackage() { :; }",
  ),
];
