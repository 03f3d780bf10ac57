import { expect, test } from "vitest";
import { minutes, seconds } from "#shared/time.ts";
import { ringLines } from "./ring-times.ts";

const budgets = { pure: minutes(1), flows: minutes(10), judges: minutes(12) };

const ran = (ring: string, file: string, from: number, to: number) => ({
  ring,
  file,
  from: seconds(from),
  to: seconds(to),
});

test("a ring's time is that in which one of its files ran, however many ran at once", () => {
  const files = [
    ran("flows", "kill", 0, 300),
    ran("flows", "bus", 200, 290),
    ran("flows", "road", 250, 310),
    ran("flows", "s3", 400, 410),
  ];

  expect(ringLines(files, budgets)).toEqual([
    "flows: 5 min 20 s, within its budget of 10 min 0 s; slowest: kill 5 min 0 s, bus 1 min 30 s, road 1 min 0 s, s3 10 s",
  ]);
});

test("the five slowest files of each ring are named, and a ring over its budget says so", () => {
  const files = [
    ran("judges", "gpg", 100, 101),
    ...[20, 30, 10, 5, 1, 2].map((length, i) => ran("pure", `file-${i}`, 40 * i, 40 * i + length)),
  ];

  expect(ringLines(files, budgets)).toEqual([
    "pure: 1 min 8 s, OVER ITS BUDGET of 1 min 0 s; slowest: file-1 30 s, file-0 20 s, file-2 10 s, file-3 5 s, file-5 2 s",
    "judges: 1 s, within its budget of 12 min 0 s; slowest: gpg 1 s",
  ]);
});
