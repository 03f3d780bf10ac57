import { expect, test } from "vitest";
import { Schedules, scheduleOf } from "#shared/schedule.ts";
import { parseConfig } from "#shared/service/config.ts";

test.each([
  [{}, null, false, "0 0 0 * * *"],
  [{}, null, true, "0 0 0 * * *"],
  [{ SCHEDULE: "0 30 4 * * *" }, null, false, "0 30 4 * * *"],
  [{ SCHEDULE: "0 30 4 * * *" }, null, true, "0 30 4 * * *"],
  [{ SCHEDULE_DEVEL: "0 0 1 * * *" }, null, false, "0 0 0 * * *"],
  [{ SCHEDULE_DEVEL: "0 0 1 * * *" }, null, true, "0 0 1 * * *"],
  [{ SCHEDULE_DEVEL: "0 0 1 * * *" }, "0 0 2 * * *", true, "0 0 2 * * *"],
])("under %j a package with schedule %j, devel %j, is built by %s", (set, schedule, devel, its) => {
  expect(scheduleOf({ schedule, devel }, parseConfig(Schedules, set))).toBe(its);
});

test.each(["SCHEDULE", "SCHEDULE_DEVEL"])("%s without seconds is refused in one line", (name) => {
  expect(() => parseConfig(Schedules, { [name]: "0 0 * * *" })).toThrow(
    `${name} is "0 0 * * *", expected a cron expression of 6 or 7 fields, seconds first, as 0 0 0 * * *`,
  );
});
