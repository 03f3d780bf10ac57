import { expect, test } from "vitest";
import { chunksOf, inTurns } from "#shared/in-turns.ts";

test.each([
  [0, []],
  [1, [[1]]],
  [2, [[1, 2]]],
  [5, [[1, 2], [3, 4], [5]]],
])("%i items in twos", (count, chunks) => {
  const items = Array.from({ length: count }, (_, at) => at + 1);

  expect([...chunksOf(items, 2)]).toEqual(chunks);
});

test("other work runs between hundreds of items, and each item is handled once, in order", async () => {
  const items = Array.from({ length: 250 }, (_, at) => at);
  const handled: number[] = [];
  const seen: number[] = [];
  const look = () => {
    seen.push(handled.length);
    if (handled.length < items.length) setImmediate(look);
  };
  setImmediate(look);

  await inTurns(items, (item) => void handled.push(item));

  expect(handled).toEqual(items);
  expect(seen.some((count) => count > 0 && count < 250)).toBe(true);
});
