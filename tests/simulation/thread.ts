import { parentPort, workerData } from "node:worker_threads";
import { makeTemplate } from "./database.ts";
import { runSeed } from "./run-seed.ts";
import { addOutcome, emptySummary } from "./summary.ts";

/** The seeds that one thread runs. */
export type Share = {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  /** Seeds between two reports. */
  readonly batch: number;
};

const run = async ({ first, last, step, batch }: Share) => {
  using template = await makeTemplate();
  let summary = emptySummary();
  for (let seed = first; seed <= last; seed += step) {
    addOutcome(summary, await runSeed(seed, template));
    if (summary.seeds < batch && seed + step <= last) continue;
    parentPort?.postMessage(summary);
    summary = emptySummary();
  }
};

await run(workerData);
