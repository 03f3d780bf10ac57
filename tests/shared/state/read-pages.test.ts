import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { readPages } from "#shared/state/read-pages.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

/** Reads whole numbers from 1, and remembers each page's first and limit. */
const setup = (count: number) => {
  const rows = numbers(count);
  const pages: number[] = [];
  const page = async (last: number | undefined, limit: number) => {
    const next = rows.slice(last ?? 0, (last ?? 0) + limit);
    pages.push(next.length);
    return next;
  };
  return { page, pages };
};

test.each([
  [0, [0]],
  [999, [999]],
  [1_000, [1_000, 0]],
  [2_500, [1_000, 1_000, 500]],
])("%i rows are all read, in their order, by pages of 1,000", async (count, sizes) => {
  const { page, pages } = setup(count);

  const rows = await readPages(page);

  expect([rows, pages]).toEqual([numbers(count), sizes]);
});

test("other work runs between two pages", async () => {
  const { page, pages } = setup(2_500);
  const seen: number[] = [];
  const watch = async () => {
    while (pages.length < 3) {
      seen.push(pages.length);
      await turn();
    }
  };

  await Promise.all([readPages(page), watch()]);

  expect(seen).toEqual(expect.arrayContaining([1, 2]));
});
