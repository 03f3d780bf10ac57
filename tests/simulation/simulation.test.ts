import { expect, test } from "vitest";
import { makeTemplate } from "./database.ts";
import { known, regressions } from "./known.ts";
import { nameOf } from "./pairs.ts";
import { runSeed, sides } from "./run-seed.ts";
import {
  addOutcome,
  emptySummary,
  linesOf,
  missedSides,
  reportOf,
  type Summary,
} from "./summary.ts";
import { runMany } from "./threads.ts";

/** As many as are run each time, in under four minutes. */
const seeds = 500;

/** A seed aims at one side, but its death may come too early or too late to hit it. */
const triesOfMissed = 25;

/** Runs further seeds that aim at the sides which no death has hit, until each is hit or was aimed at often enough. */
const aimAtMissed = async (summary: Summary) => {
  using template = await makeTemplate();
  const first = Math.ceil(seeds / sides.length) + 1;
  for (const [index, side] of sides.entries())
    for (let round = first; round < first + triesOfMissed; round++) {
      if (!missedSides(summary).includes(nameOf(side))) break;
      addOutcome(summary, await runSeed(round * sides.length + index, template));
    }
};

test("a seed gives the same run, to the last line of its trace", { timeout: 60_000 }, async () => {
  using template = await makeTemplate();

  const first = await runSeed(7, template);
  const second = await runSeed(7, template);

  expect(second.trace()).toEqual(first.trace());
});

test(`${seeds} seeds break no invariant, and a death hits every point before and after`, {
  timeout: 1_800_000,
}, async () => {
  const summary = await runMany({ from: 1, count: seeds });
  await aimAtMissed(summary);

  console.log(linesOf(summary).join("\n"));
  expect(reportOf(summary)).toBe("");
  expect(missedSides(summary)).toEqual([]);
});

test.each(known.flatMap(({ name, seeds }) => seeds.map((seed) => [name, seed] as const)))(
  "%s is found by seed %i",
  { timeout: 60_000 },
  async (name, seed) => {
    using template = await makeTemplate();
    const summary = emptySummary();

    addOutcome(summary, await runSeed(seed, template));

    expect(summary.broken.map((it) => it.known)).toContain(name);
  },
);

test.each(regressions)("seed %i, which an earlier defect broke, breaks nothing", async (seed) => {
  using template = await makeTemplate();
  const summary = emptySummary();

  addOutcome(summary, await runSeed(seed, template));

  expect(reportOf(summary)).toBe("");
});
