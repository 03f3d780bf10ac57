import { expect, test } from "vitest";
import { makeTemplate } from "./database.ts";
import { known, regressions } from "./known.ts";
import { runSeed } from "./run-seed.ts";
import { addOutcome, emptySummary, linesOf, missedSides, reportOf } from "./summary.ts";
import { runMany } from "./threads.ts";

/** As many as are run each time, in under four minutes. */
const seeds = 500;

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
