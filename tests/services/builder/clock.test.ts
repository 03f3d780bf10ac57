import { expect, test } from "vitest";
import { makeClock } from "../../../services/builder/clock.ts";

const setup = () => {
  const world = { at: 5_000 };
  return { world, clock: makeClock(() => world.at) };
};

const asItIs = (line: number) => line;

test("a line is timed from the beginning on, one in a second at most", () => {
  const { world, clock } = setup();

  for (const [at, line] of [
    [5_000, 1],
    [5_400, 2],
    [5_999, 3],
    [6_000, 4],
    [9_000, 4],
    [9_100, 7],
  ] as const) {
    world.at = at;
    clock.tick(line);
  }

  expect(clock.read(asItIs)).toEqual([
    [1, 0],
    [4, 1_000],
    [7, 4_100],
  ]);
});

test("lines stand where the log that is kept has them, and those that it has not are left out", () => {
  const { world, clock } = setup();
  for (const line of [1, 10, 20, 30]) {
    clock.tick(line);
    world.at += 1_000;
  }

  const ticks = clock.read((line) => (line === 1 ? 1 : line < 30 ? 2 : 5));

  expect(ticks).toEqual([
    [1, 0],
    [2, 1_000],
    [5, 3_000],
  ]);
});
