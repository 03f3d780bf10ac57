import {
  Counter as ClientCounter,
  Gauge as ClientGauge,
  Histogram as ClientHistogram,
  collectDefaultMetrics,
  Registry,
} from "prom-client";
import { mayRead } from "#shared/runtime.ts";
import type { Measure, Metric, Reading } from "./declare.ts";

/** What is kept of a process alone to tell, of prom-client's own; the rest costs time or is named against the rules. */
const kept = new Set([
  "process_cpu_user_seconds_total",
  "process_cpu_system_seconds_total",
  "process_start_time_seconds",
  "process_resident_memory_bytes",
  "process_open_fds",
  "process_max_fds",
  "nodejs_eventloop_lag_seconds",
  "nodejs_eventloop_lag_p50_seconds",
  "nodejs_eventloop_lag_p99_seconds",
  "nodejs_eventloop_lag_max_seconds",
  "nodejs_heap_size_total_bytes",
  "nodejs_heap_size_used_bytes",
  "nodejs_external_memory_bytes",
]);

export type Metrics = {
  readonly measure: Measure;
  readonly contentType: string;
  /** Prometheus's text format 0.0.4. Gauges show these readings and nothing else. */
  expose(readings: readonly Reading[]): Promise<string>;
};

/** Counts what is declared, for one process. */
export const openMetrics = (declared: readonly Metric[]): Metrics => {
  const registry = new Registry();
  // At the edge there is no /proc to read, and asking for it would be asking a person.
  if (mayRead("/proc"))
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 50 });
  for (const { name } of registry.getMetricsAsArray())
    if (!kept.has(name)) registry.removeSingleMetric(name);

  const counters = new Map<Metric, ClientCounter>();
  const histograms = new Map<Metric, ClientHistogram>();
  const gauges = new Map<Metric, ClientGauge>();
  for (const metric of new Set(declared)) {
    const { name, help, labels } = metric;
    const settings = { name, help, labelNames: [...labels], registers: [registry] };
    if (metric.kind === "counter") counters.set(metric, new ClientCounter(settings));
    else if (metric.kind === "gauge") gauges.set(metric, new ClientGauge(settings));
    else histograms.set(metric, new ClientHistogram({ ...settings, buckets: [...metric.buckets] }));
  }

  return {
    measure: {
      count: (counter, labels, by = 1) => counters.get(counter)?.inc({ ...labels }, by),
      observe: (histogram, labels, seconds) =>
        histograms.get(histogram)?.observe({ ...labels }, seconds),
    },
    contentType: registry.contentType,
    expose(readings) {
      for (const [{ labels }, gauge] of gauges) {
        gauge.reset();
        // One without labels is 0 then.
        if (labels.length === 0) gauge.remove();
      }
      for (const { gauge, labels, value } of readings) gauges.get(gauge)?.set({ ...labels }, value);
      // Another's readings that come in while this waits are whole too.
      return registry.metrics();
    },
  };
};
