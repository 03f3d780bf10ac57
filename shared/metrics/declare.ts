/**
 * What is measured, each declared once as a value. Names and units: https://prometheus.io/docs/practices/naming/
 */
type Declared<L extends string> = {
  /** `kiln_…`, with its base unit; a counter ends in `_total`. */
  readonly name: string;
  readonly help: string;
  /** Of few values: each combination is a series of its own. What names a package takes `ALLOW_READS`. */
  readonly labels: readonly L[];
};

/** Only rises. */
export type Counter<L extends string = string> = Declared<L> & { readonly kind: "counter" };

/** Counts by size; `buckets` are upper bounds, in the unit of its name. */
export type Histogram<L extends string = string> = Declared<L> & {
  readonly kind: "histogram";
  readonly buckets: readonly number[];
};

/** Is asked for when somebody looks. */
export type Gauge<L extends string = string> = Declared<L> & { readonly kind: "gauge" };

export type Metric = Counter | Histogram | Gauge;

export type Labels<L extends string> = Readonly<Record<L, string>>;

export const counter = <const L extends string = never>(
  name: `kiln_${string}_total`,
  help: string,
  ...labels: readonly L[]
): Counter<L> => ({ kind: "counter", name, help, labels });

export const histogram = <const L extends string = never>(
  name: `kiln_${string}_seconds`,
  help: string,
  buckets: readonly number[],
  ...labels: readonly L[]
): Histogram<L> => ({ kind: "histogram", name, help, buckets, labels });

export const gauge = <const L extends string = never>(
  name: `kiln_${string}`,
  help: string,
  ...labels: readonly L[]
): Gauge<L> => ({ kind: "gauge", name, help, labels });

/** What a gauge showed. One that is not known has none: it is not 0. */
export type Reading = {
  readonly gauge: Gauge;
  readonly labels: Labels<string>;
  readonly value: number;
};

export const reading = <L extends string>(
  of: Gauge<L>,
  labels: Labels<NoInfer<L>>,
  value: number,
): Reading => ({ gauge: of, labels, value });

/** How a service says what it measured. */
export type Measure = {
  count<L extends string>(counter: Counter<L>, labels: Labels<NoInfer<L>>, by?: number): void;
  /** `seconds` since it began. */
  observe<L extends string>(
    histogram: Histogram<L>,
    labels: Labels<NoInfer<L>>,
    seconds: number,
  ): void;
};
