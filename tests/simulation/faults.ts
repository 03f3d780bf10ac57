import { minutes, seconds } from "#shared/time.ts";
import type { Meddler, Point } from "./kernel.ts";
import { isAt, nameOf, type Side } from "./pairs.ts";
import type { Random } from "./random.ts";

/** How badly a run goes, drawn from its seed. Chances are of each occasion. */
export type Plan = {
  readonly aim: Side;
  /** At which occurrence of the pair it dies. */
  readonly occurrence: number;
  /** Of any other death, at any point. */
  readonly death: number;
  readonly mostDeaths: number;
  readonly haste: number;
  readonly lostReply: number;
  readonly missedLife: number;
  readonly failedFetch: number;
  /** Milliseconds from the start of the run. */
  readonly outages: readonly Outage[];
  readonly badRowAt: number | undefined;
  /** When nothing goes wrong any more. */
  readonly over: number;
};

export type Outage = {
  readonly kind: "bus" | "store" | "trim" | "engine" | "upstream";
  readonly at: number;
  readonly lasts: number;
};

/** Seeds take turns in what they aim a death at, so that some do for each pair. */
export const drawPlan = (seed: number, sides: readonly Side[], random: Random): Plan => {
  const aim = sides[seed % sides.length];
  if (!aim) throw new RangeError("there is nothing to aim at");
  // The first seed of each aim makes it likely that it is met; later ones make it hard.
  const isFirst = seed < sides.length;
  // What is reconciled has waited for a minute: an absent bus leaves it waiting.
  const waits = aim.pair.kind === "reconcile";
  const over = waits ? lastsOf(aim.pair.subject, random) : seconds(random.between(90, 200));
  const sometimes = (probability: number, most: number) =>
    random.chance(probability) ? random.next() * most : 0;
  const outage = (kind: Outage["kind"], probability: number): Outage[] =>
    random.chance(probability)
      ? [{ kind, at: random.below(over), lasts: random.between(100, seconds(25)) }]
      : [];
  return {
    aim,
    occurrence: isFirst ? 1 : drawOccurrence(aim.pair.subject, random),
    death: isFirst ? 0 : sometimes(0.5, 0.01),
    mostDeaths: random.between(1, 6),
    haste: sometimes(0.6, 0.05),
    lostReply: sometimes(0.2, 0.1),
    missedLife: sometimes(0.3, 0.3),
    failedFetch: sometimes(0.3, 0.2),
    outages: [
      ...(waits && random.chance(0.7)
        ? [{ kind: "bus" as const, at: outageOf(aim.pair.subject, random), lasts: seconds(100) }]
        : outage("bus", 0.2)),
      ...outage("store", 0.15),
      ...outage("trim", 0.1),
      ...outage("engine", 0.15),
    ],
    badRowAt: random.chance(0.025) ? random.between(seconds(5), over) : undefined,
    over,
  };
};

/** The rest of an order is waited for for an hour. */
const lastsOf = (reconcile: string, random: Random) =>
  reconcile === "abandoned orders" ? minutes(66) : seconds(random.between(220, 300));

/** A rebuild takes a while until it is there. A build is there before the outage, in which its package is removed. */
const outageOf = (reconcile: string, random: Random) => {
  if (reconcile === "rebuilds of removed packages") return seconds(90);
  if (reconcile === "builds of removed packages") return seconds(39);
  return seconds(random.between(20, 60));
};

/** What few runs meet more than once. */
const rare = /^(package|rebuild|publish|repo|srcinfo)\.|^build.output/;

/** Mostly early. */
const drawOccurrence = (subject: string, random: Random) => {
  if (rare.test(subject) || random.chance(0.5)) return 1;
  return random.chance(0.6) ? random.between(2, 4) : random.between(5, 12);
};

export type Faults = Meddler & {
  /** Whether something with this chance happens now. */
  happens(chance: number): boolean;
  end(): void;
  deaths(): readonly Side["moment"][];
  /** The sides that deaths hit, by their names. */
  hits(): ReadonlySet<string>;
};

export const openFaults = (plan: Plan, random: Random, pairs: readonly Side["pair"][]): Faults => {
  let ended = false;
  let seen = 0;
  const deaths: Side["moment"][] = [];
  const hits = new Set<string>();

  const dies = (point: Point, moment: Side["moment"]) => {
    if (ended || point.process.service === "user") return false;
    if (isAt(plan.aim.pair, point) && plan.aim.moment === moment) {
      seen += 1;
      if (seen === plan.occurrence) return true;
    }
    return deaths.length < plan.mostDeaths && random.chance(plan.death / 2);
  };
  const meet = (point: Point, moment: Side["moment"]) => {
    if (!dies(point, moment)) return false;
    deaths.push(moment);
    for (const pair of pairs) if (isAt(pair, point)) hits.add(nameOf({ pair, moment }));
    return true;
  };

  return {
    before: (point) => meet(point, "before"),
    after: (point) => meet(point, "after"),
    happens: (chance) => !ended && chance > 0 && random.chance(chance),
    end() {
      ended = true;
    },
    deaths: () => deaths,
    hits: () => hits,
  };
};
