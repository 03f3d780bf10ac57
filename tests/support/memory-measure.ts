import type { Labels, Measure, Metric } from "#shared/metrics/declare.ts";

type Measured = { readonly labels: Labels<string>; readonly value: number };

export type MemoryMeasure = Measure & {
  /** Everything counted or observed of one metric, oldest first. */
  of(metric: Metric): Measured[];
};

/** Remembers what was measured. */
export const memoryMeasure = (): MemoryMeasure => {
  const measured: (Measured & { readonly metric: Metric })[] = [];
  return {
    count: (metric, labels, value = 1) => measured.push({ metric, labels, value }),
    observe: (metric, labels, value) => measured.push({ metric, labels, value }),
    of: (wanted) =>
      measured
        .filter(({ metric }) => metric === wanted)
        .map(({ labels, value }) => ({ labels, value })),
  };
};
