import type { Counter, Histogram, Measure, Metric } from "#shared/metrics/declare.ts";

type Measured = {
  readonly name: string;
  readonly measures?: readonly (Counter | Histogram)[];
};

/** `measure` for what a service's table names and nothing else, so that the table cannot lie. */
export const measureDeclared = (
  { name, measures = [] }: Measured,
  { count, observe }: Measure,
): Measure => {
  const demand = (metric: Metric) => {
    if (!measures.some((it) => it === metric))
      throw new TypeError(`${name} does not declare ${metric.name}`);
  };
  return {
    count(counter, ...rest) {
      demand(counter);
      count(counter, ...rest);
    },
    observe(histogram, ...rest) {
      demand(histogram);
      observe(histogram, ...rest);
    },
  };
};
