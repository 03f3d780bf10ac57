import type { Violation } from "./observer.ts";

/** A defect of today's code that the simulation finds. Its seeds become regressions once it is mended. */
export type Known = {
  readonly name: string;
  readonly defect: string;
  isShownBy(violation: Violation): boolean;
  /** Seeds that show it. */
  readonly seeds: readonly number[];
};

/** At 9c05c36; README.md says what their traces show. */
export const known: readonly Known[] = [
  {
    name: "D3, its cause",
    defect: "the end of a build that had nothing to do is published before its row is deleted",
    isShownBy: ({ invariant, detail }) =>
      invariant === "an end of a build is published after it is committed" &&
      detail.includes("was published as current"),
    seeds: [3],
  },
  {
    name: "D3",
    defect:
      "such a build can be requested after its end: no builder takes it, and others wait behind it for ever",
    isShownBy: ({ invariant, detail }) =>
      invariant === "everything ends" && detail.includes("published as current"),
    seeds: [2135],
  },
  {
    name: "D7",
    defect: "a row that cannot be read holds up all others",
    isShownBy: ({ invariant }) => invariant === "a bad row holds up no other",
    seeds: [14, 4683],
  },
  {
    name: "unpublished end",
    defect:
      "the end of a build that a release or a plan writes is never published if the scheduler dies before it is",
    isShownBy: ({ invariant, detail }) =>
      invariant === "every end is published" && detail.includes("the end of build"),
    seeds: [1589],
  },
  {
    name: "late container",
    defect:
      "a builder starts a container for a build whose end it has received since it took the build",
    isShownBy: ({ invariant, detail }) =>
      invariant === "nothing runs after its end" && detail.includes("asked for a container"),
    seeds: [399],
  },
];

/** The known finding that a violation shows. */
export const classify = (violation: Violation): string | undefined =>
  known.find((finding) => finding.isShownBy(violation))?.name;
