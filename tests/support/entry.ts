import { type Entry, entryOf } from "#shared/pacman/desc.ts";
import { parsePkginfo } from "#shared/pacman/pkginfo.ts";

/** An entry of a database, whole and valid, with the .PKGINFO lines that matter to the test. */
export const makeEntry = (pkgname: string, lines: readonly string[] = []): Entry => {
  const pkginfo = parsePkginfo(
    [
      `pkgname = ${pkgname}`,
      ...(lines.some((line) => line.startsWith("pkgver")) ? [] : ["pkgver = 1.0-1"]),
      "arch = any",
      ...lines,
    ].join("\n"),
  );
  const filename = `${pkgname}-${pkginfo.pkgver}-any.pkg.tar.zst`;
  return entryOf(pkginfo, { filename, bytes: 1_000, sha256: "a".repeat(64) }, [
    "usr/",
    "usr/bin/",
    `usr/bin/${pkgname}`,
  ]);
};

export const makeEntries = (count: number) =>
  Array.from({ length: count }, (_, i) => makeEntry(`package-${String(i).padStart(5, "0")}`));
