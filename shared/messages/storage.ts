import * as v from "valibot";
import { message, question, stream } from "#shared/bus/declare.ts";
import { Instant, SweepId } from "#shared/model.ts";
import { days, seconds } from "#shared/time.ts";

/** Sweeps waiting for a scheduler. */
export const sweepRequests = stream("SWEEP_REQUESTS", {
  keep: "work",
  maxAge: days(30),
  maxBytes: 64 * 1024 ** 2,
});

export const sweepRequested = message(
  sweepRequests,
  "sweep.requested.{sweep}",
  v.object({ sweep: SweepId, at: Instant }),
  {
    id: ({ sweep }) => sweep,
    key: ({ sweep }) => sweep,
  },
);

/** Orders a sweep of the blob store; the reply comes once its row is committed. */
export const orderSweep = question("sweep.order", {
  request: v.object({
    /** Chosen by the caller: an order that is asked for again is the same order. */
    sweep: SweepId,
    dryRun: v.boolean(),
  }),
  answer: v.object({ sweep: SweepId }),
  timeout: seconds(10),
});
