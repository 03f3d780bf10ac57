import { minutes, seconds } from "#shared/time.ts";
import type { Side } from "./pairs.ts";
import type { Random } from "./random.ts";
import type { Fate, Recipe } from "./recipes.ts";

/** What somebody does to kiln, or to the AUR that it follows. */
export type Act =
  | { readonly kind: "add"; readonly pkgbase: string; readonly replace: boolean }
  | { readonly kind: "order"; readonly names: readonly string[]; readonly force: boolean }
  /** The first part of a large order, whose rest never comes. */
  | { readonly kind: "order-part"; readonly pkgbase: string }
  | { readonly kind: "order-all"; readonly force: boolean }
  | { readonly kind: "remove"; readonly pkgbase: string }
  | { readonly kind: "rebuild"; readonly pkgbase: string }
  | { readonly kind: "sweep"; readonly dryRun: boolean }
  | { readonly kind: "watch"; readonly pkgbase: string }
  | { readonly kind: "push"; readonly recipe: Recipe }
  | { readonly kind: "commit"; readonly pkgbase: string };

export type Planned = { readonly at: number; readonly act: Act };

export type Workload = {
  /** What the AUR has at the start. */
  readonly recipes: readonly Recipe[];
  readonly acts: readonly Planned[];
};

/** A few packages, some of which need others, and what is done with them. */
export const drawWorkload = (random: Random, { pair: aim }: Side): Workload => {
  const recipes = drawRecipes(random, aim.subject);
  const newest = new Map(recipes.map((recipe) => [recipe.pkgbase, recipe]));
  const names = recipes.map(({ pkgbase }) => pkgbase);
  const acts: Planned[] = [];

  for (const [at, pkgbase] of names.entries())
    if (at === 0 || random.chance(0.8))
      acts.push({ at: random.below(seconds(15)), act: { kind: "add", pkgbase, replace: false } });

  const [first = ""] = names;

  const push = (pkgbase: string): Act => {
    const before = newest.get(pkgbase);
    if (!before) throw new RangeError(`no recipe of ${pkgbase}`);
    const release = Number(before.version.split("-")[1] ?? "0") + 1;
    const recipe = { ...before, version: `1-${release}`, fate: drawFate(random) };
    newest.set(pkgbase, recipe);
    return { kind: "push", recipe };
  };
  const draw = (): Act => {
    const pkgbase = random.pick(names);
    const kind = random.below(20);
    if (kind < 6) return { kind: "order", names: [pkgbase], force: random.chance(0.4) };
    if (kind < 8) return { kind: "order-all", force: random.chance(0.3) };
    if (kind < 12) return newest.get(pkgbase)?.devel ? { kind: "commit", pkgbase } : push(pkgbase);
    if (kind < 14) return { kind: "remove", pkgbase };
    if (kind < 16) return { kind: "add", pkgbase, replace: random.chance(0.5) };
    if (kind < 17) return { kind: "rebuild", pkgbase };
    if (kind < 18) return { kind: "watch", pkgbase };
    return { kind: "order", names, force: random.chance(0.3) };
  };
  const many = random.between(3, 9);
  let at = random.between(seconds(2), minutes(1));
  for (let count = 0; count < many; count++) {
    acts.push({ at, act: draw() });
    // Much of what goes wrong goes wrong where things come together.
    at += random.chance(0.5) ? random.below(2_000) : random.below(seconds(25));
  }
  // What nothing names is old enough to go after some minutes only.
  if (random.chance(0.4))
    acts.push({
      at: random.between(minutes(4), minutes(8)),
      act: { kind: "sweep", dryRun: false },
    });
  const needed = actsFor(aim.subject, first);
  if (needed.length > 0) {
    const from = startOf(aim.subject, random);
    for (const [after, act] of needed.entries()) acts.push({ at: from + seconds(after), act });
  }
  return { recipes, acts: acts.sort((a, b) => a.at - b.at) };
};

/** Where an outage must come between the acts, or before them, the time is that of `outageOf`. */
const startOf = (subject: string, random: Random) => {
  if (subject === "rebuilds of removed packages") return seconds(95);
  if (subject === "builds of removed packages") return random.between(38_100, 38_900);
  return random.between(seconds(16), seconds(60));
};

/** Some points are met by few runs: where one is aimed at, something leads to it. */
const actsFor = (subject: string, pkgbase: string): readonly Act[] => {
  if (subject.startsWith("session.ordered")) return [{ kind: "order-all", force: true }];
  if (subject === "package.changed") return [{ kind: "add", pkgbase, replace: true }];
  if (/^(package|repo)\.(removed|retired?)$|^hidden packages$|^rebuilds of removed/.test(subject))
    return [{ kind: "remove", pkgbase }];
  if (subject === "builds of removed packages")
    return [
      { kind: "order", names: [pkgbase], force: true },
      { kind: "remove", pkgbase },
    ];
  if (/^rebuild\.|^unfinished rebuilds$/.test(subject)) return [{ kind: "rebuild", pkgbase }];
  if (subject.startsWith("sweep.")) return [{ kind: "sweep", dryRun: false }];
  if (subject === "abandoned orders") return [{ kind: "order-part", pkgbase }];
  if (!subject.startsWith("build.output")) return [];
  return [
    { kind: "watch", pkgbase },
    { kind: "order", names: [pkgbase], force: true },
  ];
};

const drawRecipes = (random: Random, aim: string): readonly Recipe[] => {
  const names = ["anvil", "bellows", "crucible-git", "damper", "ember"].slice(
    0,
    random.between(2, 5),
  );
  return names.map((pkgbase, at) => {
    const others = names.slice(0, at).filter(() => random.chance(0.4));
    return {
      pkgbase,
      version: "1-1",
      needs: random.chance(0.5) ? ["bash", ...others] : others,
      fate: fateFor(aim, at) ?? drawFate(random),
      reproducible: random.chance(0.75),
      ships: aim === "srcinfo.generate" ? false : random.chance(0.85),
      devel: pkgbase.endsWith("-git"),
    };
  });
};

const fateFor = (aim: string, at: number): Fate | undefined => {
  if (at > 0) return undefined;
  if (aim === "publish.refused") return "builds-another";
  return /^rebuild\.|^unfinished rebuilds$|^rebuilds of removed/.test(aim) ? "builds" : undefined;
};

const drawFate = (random: Random): Fate => {
  if (random.chance(0.7)) return "builds";
  return random.pick([
    "fails",
    "fails-once",
    "hangs",
    "is-killed",
    "builds-another",
    "leaves-nothing",
  ]);
};
