import { expect, test } from "vitest";
import { parseCron } from "#shared/cron-expression.ts";

const begin = Date.UTC(2026, 0, 1);
const textOf = (at: number | undefined) => at && new Date(at).toISOString().slice(0, 19);

/** What the crate `cron` 0.12 prints; but it misses the first instant of a year that is named. */
test.each([
  ["0 0 0 * * *", ["2026-01-02T00:00:00", "2026-01-03T00:00:00"]],
  ["0 0 0 * * * *", ["2026-01-02T00:00:00", "2026-01-03T00:00:00"]],
  ["00 00 00 * * *", ["2026-01-02T00:00:00", "2026-01-03T00:00:00"]],
  [" 0\t0 0  * * * ", ["2026-01-02T00:00:00", "2026-01-03T00:00:00"]],
  ["0 0 0 * * 1", ["2026-01-04T00:00:00", "2026-01-11T00:00:00"]],
  ["0 0 0 * * 7", ["2026-01-03T00:00:00", "2026-01-10T00:00:00"]],
  ["0 0 0 * * thurs", ["2026-01-08T00:00:00", "2026-01-15T00:00:00"]],
  ["0 0 0 ? * Monday", ["2026-01-05T00:00:00", "2026-01-12T00:00:00"]],
  ["0 0 0 * january,sep tues", ["2026-01-06T00:00:00", "2026-01-13T00:00:00"]],
  ["0 0 0 * May-Aug *", ["2026-05-01T00:00:00", "2026-05-02T00:00:00"]],
  ["0 0 0 13 * FRI", ["2026-02-13T00:00:00", "2026-03-13T00:00:00"]],
  ["0 0 0 1,15 * Mon", ["2026-06-01T00:00:00", "2026-06-15T00:00:00"]],
  ["0 0 0 1-5/2 * ?", ["2026-01-03T00:00:00", "2026-01-05T00:00:00"]],
  ["0 0 0 ?/2 * *", ["2026-01-03T00:00:00", "2026-01-05T00:00:00"]],
  ["5/10 * * * * *", ["2026-01-01T00:00:05", "2026-01-01T00:00:15"]],
  ["*,5 * * * * *", ["2026-01-01T00:00:01", "2026-01-01T00:00:02"]],
  ["0,30 0 0 * * *", ["2026-01-01T00:00:30", "2026-01-02T00:00:00"]],
  ["* * * * * * 2018/2", ["2026-01-01T00:00:01", "2026-01-01T00:00:02"]],
  ["0 0 0 * * * 2027-2028", ["2027-01-01T00:00:00", "2027-01-02T00:00:00"]],
  ["@hourly", ["2026-01-01T01:00:00", "2026-01-01T02:00:00"]],
  ["@daily", ["2026-01-02T00:00:00", "2026-01-03T00:00:00"]],
  ["@weekly", ["2026-01-04T00:00:00", "2026-01-11T00:00:00"]],
  ["@monthly", ["2026-02-01T00:00:00", "2026-03-01T00:00:00"]],
  ["@yearly", ["2027-01-01T00:00:00", "2028-01-01T00:00:00"]],
])("%j is when serene takes it to be", (expression, ticks) => {
  const cron = parseCron(expression);
  const first = cron?.after(begin);
  const second = first && cron?.after(first);

  expect([textOf(first), textOf(second)]).toEqual(ticks);
  expect(textOf(second && cron?.upTo(second))).toBe(ticks[1]);
  expect(textOf(second && cron?.upTo(second - 1))).toBe(ticks[0]);
});

test("there are expressions that name no time", () => {
  const cron = parseCron("0 0 0 30 2 *");

  expect([cron?.after(begin), cron?.upTo(begin)]).toEqual([undefined, undefined]);
});

test.each([
  "",
  "0 0 * * *",
  "0 0 0 * * * * *",
  "0 0 0 * * 0",
  "0 0 0 * * 8",
  "0 0 0 0 * *",
  "0 0 0 32 * *",
  "0 0 24 * * *",
  "60 * * * * *",
  "10-5 * * * * *",
  "0 0 0 * * Fri-Mon",
  "*/0 * * * * *",
  "/10 * * * * *",
  "? * * * * *",
  "0 0 0 * * * ?",
  "0 0 0 L * *",
  "0 0 0 5W * *",
  "0 0 0 * * 2#1",
  "0 0 0 * Mon *",
  "0 0 0 * * jan",
  "0 0 0 * * turtle",
  "@Daily",
  "@annually",
  "TZ=UTC 0 0 0 * * *",
])("%j is refused, as serene refuses it", (expression) => {
  expect(parseCron(expression)).toBeUndefined();
});
