import { seconds } from "#shared/time.ts";

/** A test file that ran: its ring, its path, and from when to when, in milliseconds of one clock. */
export type Ran = {
  readonly ring: string;
  readonly file: string;
  readonly from: number;
  readonly to: number;
};

/** How many files of a ring are named. */
const named = 5;

/**
 * One line for each ring that ran, in the order of the budgets: the time in which at least one of its files ran, its
 * budget in milliseconds, and its slowest files. A busy machine takes longer, so a ring over its budget only says so.
 */
export const ringLines = (
  ran: readonly Ran[],
  budgets: Readonly<Record<string, number>>,
): readonly string[] =>
  Object.entries(budgets).flatMap(([ring, budget]) => {
    const files = ran.filter((it) => it.ring === ring);
    if (files.length === 0) return [];
    const spent = unionOf(files);
    const slowest = files
      .toSorted((a, b) => lengthOf(b) - lengthOf(a))
      .slice(0, named)
      .map((it) => `${it.file} ${timeOf(lengthOf(it))}`)
      .join(", ");
    const verdict =
      spent > budget
        ? `OVER ITS BUDGET of ${timeOf(budget)}`
        : `within its budget of ${timeOf(budget)}`;
    return [`${ring}: ${timeOf(spent)}, ${verdict}; slowest: ${slowest}`];
  });

const lengthOf = ({ from, to }: Ran) => to - from;

/** The length of time that the intervals cover together. */
const unionOf = (intervals: readonly Ran[]) => {
  let covered = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const { from, to } of intervals.toSorted((a, b) => a.from - b.from)) {
    covered += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return covered;
};

const timeOf = (milliseconds: number) => {
  const whole = Math.round(milliseconds / seconds(1));
  const [min, sec] = [Math.floor(whole / 60), whole % 60];
  return min === 0 ? `${sec} s` : `${min} min ${sec} s`;
};
