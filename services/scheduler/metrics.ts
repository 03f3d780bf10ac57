import { counter } from "#shared/metrics/declare.ts";

export const buildsEnded = counter(
  "kiln_builds_total",
  "Builds that ended, by how: success, failure, fatal, cancelled, current (there was nothing to do)",
  "state",
);
