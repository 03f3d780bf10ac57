import { classify } from "./known.ts";
import { nameOf } from "./pairs.ts";
import { type Outcome, sides } from "./run-seed.ts";
import { shortIds } from "./trace.ts";

/** A seed that broke an invariant, so that it can be sent from one thread to another. */
export type Broken = {
  readonly seed: number;
  readonly invariant: string;
  readonly detail: string;
  /** The name of the known finding that it is; absent where it is none. */
  readonly known?: string;
  /** The last lines of the trace up to it, where it is not known. */
  readonly lines?: readonly string[];
};

/** Lines of the trace that are shown with a violation. */
const shownLines = 40;

/** What many seeds came to. */
export type Summary = {
  seeds: number;
  points: number;
  deaths: number;
  /** Milliseconds of virtual time. */
  lasted: number;
  /** How often a death hit each side, by its name. */
  readonly hits: Map<string, number>;
  readonly broken: Broken[];
};

export const emptySummary = (): Summary => ({
  seeds: 0,
  points: 0,
  deaths: 0,
  lasted: 0,
  hits: new Map(),
  broken: [],
});

export const addOutcome = (summary: Summary, outcome: Outcome) => {
  summary.seeds += 1;
  summary.points += outcome.points;
  summary.deaths += outcome.deaths;
  summary.lasted += outcome.lasted;
  for (const side of outcome.hits) summary.hits.set(side, (summary.hits.get(side) ?? 0) + 1);
  for (const violation of outcome.violations) {
    const known = classify(violation);
    const { invariant, detail, at } = violation;
    summary.broken.push({
      seed: outcome.seed,
      invariant,
      detail: shortIds(detail),
      ...(known === undefined ? { lines: outcome.trace(at - shownLines, at) } : { known }),
    });
  }
};

export const mergeSummary = (into: Summary, from: Summary) => {
  into.seeds += from.seeds;
  into.points += from.points;
  into.deaths += from.deaths;
  into.lasted += from.lasted;
  for (const [side, times] of from.hits) into.hits.set(side, (into.hits.get(side) ?? 0) + times);
  into.broken.push(...from.broken);
};

/** The sides that no death hit. */
export const missedSides = ({ hits }: Summary): readonly string[] =>
  sides.map(nameOf).filter((side) => !hits.has(side));

/** What is broken and no known finding. */
export const unknownBroken = ({ broken }: Summary): readonly Broken[] =>
  broken.filter(({ known }) => known === undefined);

/** What is broken and not known, for a person: the last lines before it, and how to see all of them. */
export const reportOf = (summary: Summary): string =>
  unknownBroken(summary)
    .map(({ seed, invariant, detail, lines = [] }) =>
      [
        ...lines,
        `seed ${seed} broke "${invariant}": ${detail}`,
        `its whole trace: npx bun tests/simulation/run.ts ${seed}`,
      ].join("\n"),
    )
    .join("\n\n");

/** Lines for a person. */
export const linesOf = (summary: Summary): readonly string[] => {
  const missed = missedSides(summary);
  const groups = Map.groupBy(
    summary.broken,
    ({ known, invariant }) => `${known ?? "UNKNOWN"}: ${invariant}`,
  );
  return [
    `${summary.seeds} seeds, ${hours(summary.lasted)} hours of virtual time, ${summary.points} points, ${summary.deaths} deaths`,
    `deaths hit ${sides.length - missed.length} of ${sides.length} (service, point, before or after)`,
    ...missed.map((side) => `  missed: ${side}`),
    ...[...groups].sort().map(([name, those]) => {
      const seeds = [...new Set(those.map(({ seed }) => seed))].sort((a, b) => a - b);
      const shown = seeds.slice(0, 10).join(", ");
      return `  ${name}: ${seeds.length} seeds (${shown}${seeds.length > 10 ? ", …" : ""}), as ${those[0]?.detail}`;
    }),
  ];
};

const hours = (milliseconds: number) => (milliseconds / 3_600_000).toFixed(1);
