import { expect, test } from "vitest";
import { graceOf, renewAfter } from "#shared/blobs/grace.ts";
import { days, minutes } from "#shared/time.ts";

test.each([minutes(240), days(1.4), days(11)])(
  "half of the grace is longer than a build of %d ms, and what a put may leave a blob older",
  (timeout) => {
    expect(graceOf(timeout) / 2).toBeGreaterThan(timeout + renewAfter);
    expect(graceOf(timeout)).toBeGreaterThanOrEqual(days(7));
  },
);
