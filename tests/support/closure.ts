import * as v from "valibot";
import { Pkgbase, Pkgname } from "#shared/model.ts";
import type { Dependency } from "#shared/pacman/dependency.ts";
import { parseSrcinfo } from "#shared/pacman/srcinfo.ts";
import { closeOver, type Facts } from "../../services/resolver/closure.ts";
import type { AurPackage } from "../../services/resolver/pick-listed.ts";
import { finderOf, type Official, offersOf } from "../../services/resolver/providers.ts";
import { noAurRecord } from "./aur-record.ts";
import { type Recipe, recipe } from "./recipe.ts";

export const srcinfoOf = (it: Recipe) => parseSrcinfo(recipe(it).srcinfo);

export const officialOf = (...names: string[]): Official => {
  const find = finderOf(
    names.map((name) => ({ name, version: "2.38-1", provides: [`lib${name}.so=6-64`] })),
  );
  return { has: (dependency) => find(dependency) !== undefined, isGroup: () => false };
};

export type World = {
  readonly aur?: readonly Recipe[];
  readonly votes?: Readonly<Record<string, number>>;
  readonly own?: readonly Recipe[];
  readonly official?: Official;
  readonly following?: readonly string[];
  readonly elsewhere?: readonly string[];
};

/** Answers what is asked until it is decided, and counts the rounds. */
export const close = (
  target: Recipe,
  {
    aur = [],
    votes = {},
    own = [],
    official = officialOf("glibc", "bash"),
    following = [],
    elsewhere = [],
  }: World = {},
) => {
  const sources = aur.map(srcinfoOf);
  const offers = sources.flatMap((it) => offersOf(it, "x86_64"));
  const listed = new Map<string, AurPackage | null>();
  const found = new Map<string, readonly Pkgname[]>();
  const fetched: Map<Pkgbase, (typeof sources)[number]> = new Map();
  const facts: Facts = { listed, found, fetched };
  const findOwn = finderOf(own.flatMap((it) => offersOf(srcinfoOf(it), "x86_64")));
  const surroundings = {
    arch: "x86_64",
    official,
    isOwn: (need: Dependency) => findOwn(need) !== undefined,
    isFollowing: (pkgbase: string) => following.includes(pkgbase),
    isElsewhere: (pkgbase: string) => elsewhere.includes(pkgbase),
  };
  for (let rounds = 0; rounds < 50; rounds++) {
    const closure = closeOver(srcinfoOf(target), facts, surroundings);
    if (closure.kind === "closed") return closure.choices.map(({ pkgbase }) => pkgbase as string);
    if (closure.kind !== "ask") return closure;
    for (const name of closure.names) {
      const offer = offers.find((it) => it.name === name);
      listed.set(name, offer ? listedOf(offer, votes[offer.name] ?? 0) : null);
    }
    for (const provision of closure.provisions)
      found.set(
        provision,
        offers
          .filter(({ provides }) => provides?.some((it) => it.split("=", 1)[0] === provision))
          .map(({ name }) => v.parse(Pkgname, name)),
      );
    for (const { pkgbase } of closure.sources) {
      const srcinfo = sources.find((it) => it.pkgbase === pkgbase);
      if (srcinfo) fetched.set(pkgbase, srcinfo);
    }
  }
  throw new Error("it does not end");
};

const listedOf = (offer: ReturnType<typeof offersOf>[number], votes: number): AurPackage => ({
  name: v.parse(Pkgname, offer.name),
  pkgbase: v.parse(Pkgbase, offer.pkgbase),
  version: offer.version,
  provides: offer.provides ?? [],
  votes,
  record: noAurRecord,
});
