import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { emptySummary, mergeSummary, type Summary } from "./summary.ts";
import type { Share } from "./thread.ts";

type Options = {
  readonly from: number;
  readonly count: number;
  readonly jobs?: number;
  /** Seeds between two reports of a thread. */
  readonly batch?: number;
  /** Called with each report, and with all that was reported so far. */
  report?(summary: Summary, whole: Summary): void;
};

/** Runs many seeds over threads. */
export const runMany = async ({
  from,
  count,
  jobs = availableParallelism(),
  batch = 25,
  report,
}: Options): Promise<Summary> => {
  const whole = emptySummary();
  const threads = Array.from({ length: jobs }, (_, at) => {
    const ended = Promise.withResolvers<void>();
    const share: Share = { first: from + at, last: from + count - 1, step: jobs, batch };
    const worker = new Worker(new URL("./thread.ts", import.meta.url), { workerData: share });
    worker.on("message", (summary: Summary) => {
      mergeSummary(whole, summary);
      report?.(summary, whole);
    });
    worker.on("error", ended.reject);
    worker.on("exit", () => ended.resolve());
    return ended.promise;
  });
  await Promise.all(threads);
  if (whole.seeds !== count) throw new Error(`${whole.seeds} of ${count} seeds came to an end`);
  return whole;
};
