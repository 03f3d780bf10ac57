import { expect, test } from "vitest";
import { parseCron } from "#shared/cron-expression.ts";
import { decideTick } from "#shared/service/due-tick.ts";

const daily = "0 0 0 * * *";
const hourly = "0 0 * * * *";
const at = (text: string) => Date.parse(`2026-${text}Z`);

test.each([
  ["an expression that is new waits for its next time", daily, undefined, "03-10T12:00", "begin"],
  ["nothing is due before its time", daily, "03-10T00:00", "03-10T23:59", "wait 03-11T00:00"],
  ["a tick is due at its time", daily, "03-10T00:00", "03-11T00:00", "fire 03-11T00:00"],
  ["a tick that is late is due", daily, "03-10T00:00", "03-11T00:07", "fire 03-11T00:00"],
  [
    "of many missed ticks the newest is due",
    daily,
    "03-01T00:00",
    "03-11T08:00",
    "fire 03-11T00:00",
  ],
  ["as many as they may be", "* * * * * *", "01-01T00:00", "12-31T00:00", "fire 12-31T00:00"],
  ["back by less than a tick", daily, "03-11T00:00", "03-10T23:00", "wait 03-12T00:00"],
  ["back by some ticks", hourly, "03-11T05:00", "03-11T01:30", "wait 03-11T06:00"],
  ["back by a day and more", hourly, "03-11T05:00", "03-10T04:59", "begin"],
  [
    "back by weeks, but not by a tick",
    "0 0 0 1 * *",
    "04-01T00:00",
    "03-10T00:00",
    "wait 05-01T00:00",
  ],
  ["no time left", "0 0 0 1 1 * 2026", "01-01T00:00", "03-10T00:00", "wait"],
])("%s", (_what, expression, firedAt, now, wanted) => {
  const ticks = parseCron(expression);
  if (!ticks) throw new Error(`no expression: ${expression}`);

  const decided = decideTick(ticks, firedAt === undefined ? undefined : at(firedAt), at(now));

  const [kind, time] = wanted.split(" ");
  const then = time === undefined ? {} : { [kind === "wait" ? "until" : "at"]: at(time) };
  expect(decided).toEqual({ kind, ...then });
});
