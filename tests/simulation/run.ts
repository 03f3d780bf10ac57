import { parseArgs } from "node:util";
import { makeTemplate } from "./database.ts";
import { runSeed } from "./run-seed.ts";
import { addOutcome, emptySummary, linesOf, unknownBroken } from "./summary.ts";
import { runMany } from "./threads.ts";

const usage = `npx bun tests/simulation/run.ts <seed>            replays one seed, with its whole trace
npx bun tests/simulation/run.ts --seeds <count>   runs that many seeds, from --from (1), over --jobs threads`;

/** Replays one seed; answers whether it broke nothing that is not known. */
const replay = async (seed: number) => {
  using template = await makeTemplate();
  const outcome = await runSeed(seed, template);
  const summary = emptySummary();
  addOutcome(summary, outcome);
  console.log(outcome.trace().join("\n"));
  console.log(`seed ${seed}: ${linesOf(summary)[0]}`);
  for (const { known = "UNKNOWN", invariant, detail } of summary.broken)
    console.log(`${known}: ${invariant}: ${detail}`);
  return unknownBroken(summary).length === 0;
};

/** Runs many seeds, and says how it goes. */
const runAll = async (from: number, count: number, jobs: number | undefined) => {
  const began = performance.now();
  const whole = await runMany({
    from,
    count,
    ...(jobs !== undefined && { jobs }),
    report(summary, whole) {
      const each = ((performance.now() - began) / whole.seeds).toFixed(0);
      const unknown = unknownBroken(whole).length;
      console.log(
        `${whole.seeds} of ${count} seeds, ${each} ms each, ${unknown} unknown violations`,
      );
      for (const { seed, invariant, detail } of unknownBroken(summary))
        console.log(`  seed ${seed}: ${invariant}: ${detail}`);
    },
  });
  console.log(linesOf(whole).join("\n"));
  return unknownBroken(whole).length === 0;
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: "string" },
    from: { type: "string", default: "1" },
    jobs: { type: "string" },
  },
});
const [seed] = positionals;
if (seed !== undefined) process.exitCode = (await replay(Number(seed))) ? 0 : 1;
else if (values.seeds === undefined) console.error(usage);
else {
  const jobs = values.jobs === undefined ? undefined : Number(values.jobs);
  process.exitCode = (await runAll(Number(values.from), Number(values.seeds), jobs)) ? 0 : 1;
}
