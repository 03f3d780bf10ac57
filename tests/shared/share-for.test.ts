import { expect, test, vi } from "vitest";
import { shareFor } from "#shared/share-for.ts";

/** Runs that end when the test ends them; each gives its number. */
const setup = () => {
  const clock = { at: 0 };
  const runs: PromiseWithResolvers<number>[] = [];
  const ask = shareFor(
    1_000,
    () => {
      const run = Promise.withResolvers<number>();
      runs.push(run);
      return run.promise;
    },
    () => clock.at,
  );
  return { clock, runs, ask };
};

test("two hundred callers at once cause one run", async () => {
  const { ask, runs } = setup();

  const asked = Array.from({ length: 200 }, ask);
  runs[0]?.resolve(7);

  expect(await Promise.all(asked)).toEqual(Array.from({ length: 200 }, () => 7));
  expect(runs).toHaveLength(1);
});

test("a result is given until it is a second old, counted from the begin of its run", async () => {
  const { ask, clock, runs } = setup();
  const first = ask();
  clock.at = 600;
  runs[0]?.resolve(1);
  await first;

  clock.at = 999;
  const still = await ask();
  clock.at = 1_000;
  const next = ask();
  runs[1]?.resolve(2);

  expect([still, await next]).toEqual([1, 2]);
  expect(runs).toHaveLength(2);
});

test("a run that lasts longer than its result is kept is shared to its end", async () => {
  const { ask, clock, runs } = setup();

  const first = ask();
  clock.at = 5_000;
  const second = ask();
  runs[0]?.resolve(1);

  expect(await Promise.all([first, second])).toEqual([1, 1]);
  expect(runs).toHaveLength(1);
});

test("callers that wait for a run share its failure, and the next caller starts another run", async () => {
  const { ask, runs } = setup();

  const failed = Promise.allSettled([ask(), ask()]);
  runs[0]?.reject(new Error("busy"));
  const outcomes = (await failed).map(({ status }) => status);
  const next = ask();
  await vi.waitFor(() => expect(runs).toHaveLength(2));
  runs[1]?.resolve(2);

  expect([outcomes, await next]).toEqual([["rejected", "rejected"], 2]);
});
