import type { Pkgbase, Pkgname } from "#shared/model.ts";
import { pkgnamesOf } from "#shared/pacman/srcinfo.ts";
import { checkSrcinfo } from "./check-srcinfo.ts";
import type { Resolver } from "./context.ts";
import type { AurPackage } from "./pick-listed.ts";
import { textOf } from "./read-files.ts";

type Found =
  | { readonly kind: "listed"; readonly listed: AurPackage }
  | { readonly kind: "unknown"; readonly name: Pkgname; readonly similar?: readonly string[] };

/** Pkgbases that a refusal lists. */
const mostSimilar = 5;

/** The AUR's package of a name; where there is none, the first package of the pkgbase of that name. */
export const findListed = async (
  { aur, git }: Pick<Resolver, "aur" | "git">,
  name: Pkgname,
): Promise<Found> => {
  const own = (await aur.info([name])).find((it) => it.name === name);
  if (own) return { kind: "listed", listed: own };
  const bases = await aur.suggestBases(name);
  const base = bases.find((it: string) => it === name);
  const listed = base && (await findMember({ aur, git }, base));
  if (listed) return { kind: "listed", listed };
  const similar = bases.slice(0, mostSimilar);
  return { kind: "unknown", name, ...(similar.length > 0 && { similar }) };
};

/** The RPC interface does not list the packages of a pkgbase: their names are in its .SRCINFO. */
const findMember = async ({ aur, git }: Pick<Resolver, "aur" | "git">, pkgbase: Pkgbase) => {
  const srcinfo = textOf(await git.fetch(aur.gitUrl(pkgbase)), ".SRCINFO");
  if (srcinfo === undefined) return undefined;
  const members = await aur.info(pkgnamesOf(checkSrcinfo(srcinfo)));
  return members.find((it) => it.pkgbase === pkgbase);
};
