import { histogram } from "#shared/metrics/declare.ts";

export const stepTime = histogram(
  "kiln_build_step_seconds",
  "How long the steps of builds and rebuilds took, failed ones too",
  [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000],
  "purpose",
  "step",
);
