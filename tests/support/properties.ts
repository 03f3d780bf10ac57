import fc from "fast-check";
import { minutes } from "#shared/time.ts";

/** Fixed in CI, so that every run of a commit decides the same values; elsewhere each run tries others. */
const seed = Number(
  process.env.PROPERTY_SEED ?? (process.env.CI ? 20_261_130 : Date.now() % 2 ** 31),
);

type Extent = {
  /** The values that one process decides at most. */
  readonly most: number;
  /** How many times the process is started. */
  readonly runs: number;
};

/**
 * Holds that a statement is true of every list of such values. A failure shows the smallest list that was found in two
 * minutes, and the seed: `PROPERTY_SEED=…` repeats the run.
 */
export const holds = <T>(
  value: fc.Arbitrary<T>,
  { most, runs }: Extent,
  statement: (values: readonly T[]) => Promise<void>,
) =>
  fc.assert(
    fc.asyncProperty(
      fc.noBias(fc.array(value, { minLength: 1, maxLength: most, size: "max" })),
      statement,
    ),
    {
      seed,
      numRuns: runs,
      interruptAfterTimeLimit: minutes(2),
      markInterruptAsFailure: true,
      includeErrorInReport: true,
    },
  );

/** Texts made of up to `most` of these pieces, so that a grammar's edges come often. */
export const textOf = (pieces: readonly string[], most: number, least = 0) =>
  fc
    .array(fc.constantFrom(...pieces), { minLength: least, maxLength: most })
    .map((chosen) => chosen.join(""));
