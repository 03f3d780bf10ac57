import type { Violation } from "./observer.ts";

/** A defect of today's code that the simulation finds. Its seeds become regressions once it is mended. */
export type Known = {
  readonly name: string;
  readonly defect: string;
  isShownBy(violation: Violation): boolean;
  /** Seeds that show it. */
  readonly seeds: readonly number[];
};

/** README.md says what their traces show. */
export const known: readonly Known[] = [];

/** Seeds that showed defects of earlier code. */
export const regressions: readonly number[] = [3, 14, 265, 399, 1470, 1589, 2135, 4683];

/** The known finding that a violation shows. */
export const classify = (violation: Violation): string | undefined =>
  known.find((finding) => finding.isShownBy(violation))?.name;
