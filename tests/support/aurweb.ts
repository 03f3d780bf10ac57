/** The fields of a .SRCINFO that take several values, each also for an architecture. */
const lists = new Set([
  ...["arch", "license", "groups", "options", "conflicts", "provides", "replaces", "source"],
  ...["noextract", "backup", "validpgpkeys", "depends", "makedepends", "checkdepends"],
  "optdepends",
]);

type Info = { readonly texts: Map<string, string>; readonly lists: Map<string, string[]> };

/** What the AUR's database has of a package: the base's fields, each replaced where the package has it too. */
export type AurPackage = Info & { readonly pkgname: string };

/**
 * Reads a .SRCINFO as the AUR does after a push, without kiln's own reader.
 *
 * Source: parse_srcinfo and get_merged_package of python-srcinfo.
 */
export const readAsAurweb = (text: string): { pkgbase: string; packages: AurPackage[] } => {
  const base: Info = { texts: new Map(), lists: new Map() };
  const packages = new Map<string, Info>();
  let info = base;
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "" || line.trim().startsWith("#")) continue;
    if (line.startsWith("pkgname")) {
      info = { texts: new Map(), lists: new Map() };
      packages.set(textAfter(line), info);
    } else put(info, line.slice(0, line.indexOf("=")).trim(), textAfter(line));
  }
  return {
    pkgbase: base.texts.get("pkgbase") ?? "",
    packages: [...packages].map(([pkgname, own]) => ({
      pkgname,
      texts: new Map([...base.texts, ...own.texts]),
      lists: new Map([...base.lists, ...own.lists]),
    })),
  };
};

const textAfter = (line: string) => line.slice(line.indexOf("=") + 1).trim();

/** An empty value makes an empty list; a value that is there already is not added. */
const put = (info: Info, field: string, value: string) => {
  if (!lists.has(field.split("_", 1)[0] ?? "")) return void info.texts.set(field, value);
  const values = info.lists.get(field) ?? [];
  info.lists.set(field, values.includes(value) || value === "" ? values : [...values, value]);
};

/**
 * The RPC interface's record of each package: an epoch over 0 alone is shown, fields for all architectures of the package
 * come together, and relations are sorted, each once, without a description.
 *
 * Source: save_metadata and extract_arch_fields in aurweb's git/update.py, RPC.subquery in its rpc.py.
 */
export const listAsAurweb = (text: string, votes: number, maintainer: string | null) => {
  const { pkgbase, packages } = readAsAurweb(text);
  return packages.map(({ pkgname, texts, lists }, index) => {
    const [pkgver, pkgrel, epoch] = ["pkgver", "pkgrel", "epoch"].map((it) => texts.get(it) ?? "");
    const arches = lists.get("arch") ?? [];
    const relations = (field: string) => {
      const all = [field, ...arches.map((arch) => `${field}_${arch}`)];
      const plain = all
        .flatMap((it) => lists.get(it) ?? [])
        .map((it) => it.split(": ", 1)[0] ?? "");
      return [...new Set(plain)].sort();
    };
    return {
      ID: index,
      Name: pkgname,
      PackageBaseID: 0,
      PackageBase: pkgbase,
      Version: `${Number(epoch) > 0 ? `${Number(epoch)}:` : ""}${pkgver}-${pkgrel}`,
      Description: texts.get("pkgdesc") ?? null,
      URL: texts.get("url") ?? null,
      NumVotes: votes,
      Popularity: 0,
      OutOfDate: null,
      Maintainer: maintainer,
      Submitter: "demo",
      FirstSubmitted: 1_700_000_000,
      LastModified: 1_700_000_000,
      URLPath: `/cgit/aur.git/snapshot/${pkgbase}.tar.gz`,
      Depends: relations("depends"),
      MakeDepends: relations("makedepends"),
      OptDepends: relations("optdepends"),
      CheckDepends: relations("checkdepends"),
      Conflicts: relations("conflicts"),
      Provides: relations("provides"),
      Replaces: relations("replaces"),
      Groups: [...(lists.get("groups") ?? [])].sort(),
      License: [...(lists.get("license") ?? [])].sort(),
      Keywords: [],
      CoMaintainers: [],
    };
  });
};
