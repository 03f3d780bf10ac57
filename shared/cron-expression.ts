import { Cron } from "croner";
import * as v from "valibot";

/** The instants that an expression names, in UTC, to the second. */
type Ticks = {
  /** The first one after an instant; undefined: there is none. */
  after(at: number): number | undefined;
  /** The last one at or before an instant. */
  upTo(at: number): number | undefined;
};

const months =
  "january february march april may june july august september october november december";
const days = "sunday monday tuesday tues wednesday thursday thurs friday saturday";
const longNames = `${months} ${days}`.split(" ");
const shortNames = longNames.map((name) => name.slice(0, 3));

const shorthands: ReadonlyMap<string, string> = new Map([
  ["@hourly", "0 0 * * * *"],
  ["@daily", "0 0 0 * * *"],
  ["@weekly", "0 0 0 * * SUN"],
  ["@monthly", "0 0 0 1 * *"],
  ["@yearly", "0 0 0 1 1 *"],
]);

/** Fields in which `?` stands for `*`: the day of the month, the day of the week. */
const dayFields = [3, 5];

/**
 * Parses an expression as serene does: seconds, minutes, hours, day of the month, month, day of the week (1 or SUN to
 * 7 or SAT) and, if wanted, year; a time has to match both days. Undefined for anything else, five fields included.
 * Source: the crate `cron` 0.12.
 */
export const parseCron = (expression: string): Ticks | undefined => {
  const text = expression.trim();
  const pattern = shorthands.get(text) ?? patternOf(text.split(/\s+/));
  if (pattern === undefined) return undefined;
  try {
    const cron = new Cron(pattern, {
      timezone: "UTC",
      paused: true,
      mode: "6-or-7-parts",
      alternativeWeekdays: true,
      domAndDow: true,
      sloppyRanges: true,
    });
    return {
      after: remember((at) => cron.nextRun(new Date(at))?.getTime()),
      upTo: (at) => cron.previousRuns(1, new Date(at + 1))[0]?.getTime(),
    };
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return undefined;
    throw error;
  }
};

/** Keeps the newest result: croner takes 0.1 s to find that an expression has no further instant. */
const remember = <T>(find: (at: number) => T) => {
  let found: { readonly at: number; readonly result: T } | undefined;
  return (at: number) => {
    if (found?.at !== at) found = { at, result: find(at) };
    return found.result;
  };
};

/** The fields as croner has them; undefined for what croner would take and serene refuses. */
const patternOf = (fields: readonly string[]) => {
  const written = fields.map((field, index) =>
    (dayFields.includes(index) ? field.replaceAll("?", "*") : field)
      .toLowerCase()
      .replace(/[a-z]+/g, (word) => (longNames.includes(word) ? word.slice(0, 3) : word)),
  );
  const isWritten = written.every(
    (field) =>
      /^[\da-z*,/-]+$/.test(field) &&
      !/(^|,)\//.test(field) &&
      (field.match(/[a-z]+/g) ?? []).every((word) => shortNames.includes(word)),
  );
  const isWeekday = !/(^|[,-])0*8/.test(written[5] ?? "");
  return isWritten && isWeekday ? written.join(" ") : undefined;
};

/** The text of an expression that `parseCron` takes. */
export const CronExpression = v.pipe(
  v.string(),
  v.check(
    (text) => parseCron(text) !== undefined,
    "a cron expression of 6 or 7 fields, seconds first, as 0 0 0 * * *",
  ),
);
