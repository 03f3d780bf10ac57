import { counter } from "#shared/metrics/declare.ts";

export const rebuildsEnded = counter(
  "kiln_rebuilds_total",
  "Rebuilds that ended, by their verdict: GOOD, BAD, FAIL",
  "status",
);
