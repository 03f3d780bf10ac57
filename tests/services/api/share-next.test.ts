import { expect, test } from "vitest";
import { shareNext } from "../../../services/api/share-next.ts";

/** Runs that end when told to; each gives its number. */
const setup = () => {
  const ends: (() => void)[] = [];
  const ask = shareNext(async () => {
    const number = ends.length;
    await new Promise<void>((resolve) => ends.push(resolve));
    return number;
  });
  return { ask, ends };
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("who asks while a run is under way gets the next, and shares it", async () => {
  const { ask, ends } = setup();

  const first = ask();
  await turn();
  const others = [ask(), ask(), ask()];
  await turn();
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await turn();
  ends[1]?.();

  expect(await first).toBe(0);
  expect(await Promise.all(others)).toEqual([1, 1, 1]);
  expect(ends).toHaveLength(2);
});

test("who asks when nothing runs starts a run of its own", async () => {
  const { ask, ends } = setup();

  const first = ask();
  await turn();
  ends[0]?.();
  await first;
  const second = ask();
  await turn();
  ends[1]?.();

  expect(await second).toBe(1);
});

test("a run that fails is heard of by those who asked for it, and by nobody else", async () => {
  let runs = 0;
  const ask = shareNext(async () => {
    if (runs++ === 0) throw new Error("busy");
    return runs;
  });

  const failed = ask();
  await expect(failed).rejects.toThrow("busy");

  expect(await ask()).toBe(2);
});
