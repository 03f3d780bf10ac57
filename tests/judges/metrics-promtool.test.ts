import { expect, test } from "vitest";
import { gauge, type Metric, type Reading } from "#shared/metrics/declare.ts";
import { openMetrics } from "#shared/metrics/prometheus.ts";
import { common } from "#shared/service/metrics.ts";
import { minutes } from "#shared/time.ts";
import { all } from "../../services/all.ts";
import { checkMetrics } from "../support/promtool.ts";

const declared: readonly Metric[] = [
  ...common,
  ...all.flatMap(({ measures = [], shows = [] }) => [
    ...measures,
    ...shows.flatMap(({ gauges }) => gauges),
  ]),
];

/** The text with one series of each metric. */
const exposed = (metrics: readonly Metric[]) => {
  const { measure, expose } = openMetrics(metrics);
  const readings: Reading[] = [];
  for (const metric of metrics) {
    const labels = Object.fromEntries(metric.labels.map((label) => [label, `a "${label}"`]));
    if (metric.kind === "counter") measure.count(metric, labels);
    else if (metric.kind === "histogram") measure.observe(metric, labels, 1);
    else readings.push({ gauge: metric, labels, value: 1 });
  }
  return expose(readings);
};

test(
  "promtool finds nothing wrong with any metric of any service, nor with the process's",
  async () => {
    expect(declared.length).toBeGreaterThan(10);

    expect(await checkMetrics(await exposed(declared))).toBe("");
  },
  minutes(5),
);

test(
  "promtool would find what is wrong",
  async () => {
    const misnamed = gauge("kiln_cakes_total", "Cakes there are now");

    expect(await checkMetrics(await exposed([misnamed]))).toContain("kiln_cakes_total");
  },
  minutes(5),
);
