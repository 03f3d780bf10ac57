import { expect, test, vi } from "vitest";
import { shareFor, shareNext, shareRunning } from "#shared/single-flight.ts";

/** Runs that end when told to; each gives its number. */
const setup = () => {
  const ends: (() => void)[] = [];
  const share = shareNext<number>();
  const run = async () => {
    const number = ends.length;
    await new Promise<void>((resolve) => ends.push(resolve));
    return number;
  };
  return { ask: () => share(run), ends };
};

const begun = (ends: readonly unknown[], count: number) =>
  vi.waitFor(() => expect(ends).toHaveLength(count), { interval: 1, timeout: 15_000 });

test("who asks while a run is under way gets the next, and shares it", async () => {
  const { ask, ends } = setup();

  const first = ask();
  await begun(ends, 1);
  const others = [ask(), ask(), ask()];
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await begun(ends, 2);
  ends[1]?.();

  expect(await first).toBe(0);
  expect(await Promise.all(others)).toEqual([1, 1, 1]);
  expect(ends).toHaveLength(2);
});

test("who asks when nothing runs starts a run of its own", async () => {
  const { ask, ends } = setup();

  const first = ask();
  await begun(ends, 1);
  ends[0]?.();
  await first;
  const second = ask();
  await begun(ends, 2);
  ends[1]?.();

  expect(await second).toBe(1);
});

test("those who ask one after the other in one turn of the event loop share a run", async () => {
  const { ask, ends } = setup();

  const first = ask();
  await Promise.resolve();
  const second = ask();
  await begun(ends, 1);
  ends[0]?.();

  expect(await Promise.all([first, second])).toEqual([0, 0]);
  expect(ends).toHaveLength(1);
});

test("a run that fails is heard of by those who asked for it, and by nobody else", async () => {
  let runs = 0;
  const share = shareNext<number>();
  const ask = () =>
    share(async () => {
      if (runs++ === 0) throw new Error("busy");
      return runs;
    });

  const failed = ask();
  await expect(failed).rejects.toThrow("busy");

  expect(await ask()).toBe(2);
});

test("calls for one key share the run under way; another key, and a call after its end, begin their own", async () => {
  const share = shareRunning<string>();
  const begun: string[] = [];
  const run = (key: string) =>
    share(key, async () => {
      begun.push(key);
      return `${key} ${begun.length}`;
    });

  const together = await Promise.all([run("a"), run("a"), run("b")]);
  const later = await run("a");

  expect([together, later]).toEqual([["a 1", "a 1", "b 2"], "a 3"]);
});

test("a shared run that fails fails for all its callers, and the next call begins anew", async () => {
  const share = shareRunning<string>();
  const failing = () => share("a", () => Promise.reject(new Error("no")));

  const failed = await Promise.allSettled([failing(), failing()]);

  expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await share("a", async () => "done")).toBe("done");
});

/** Runs of `shareFor` that the test ends. */
const setupFor = () => {
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
  const { ask, runs } = setupFor();

  const asked = Array.from({ length: 200 }, ask);
  runs[0]?.resolve(7);

  expect(await Promise.all(asked)).toEqual(Array.from({ length: 200 }, () => 7));
  expect(runs).toHaveLength(1);
});

test("a result is given until it is a second old, counted from the begin of its run", async () => {
  const { ask, clock, runs } = setupFor();
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
  const { ask, clock, runs } = setupFor();

  const first = ask();
  clock.at = 5_000;
  const second = ask();
  runs[0]?.resolve(1);

  expect(await Promise.all([first, second])).toEqual([1, 1]);
  expect(runs).toHaveLength(1);
});

test("callers that wait for a run share its failure, and the next caller starts another run", async () => {
  const { ask, runs } = setupFor();

  const failed = Promise.allSettled([ask(), ask()]);
  runs[0]?.reject(new Error("busy"));
  const outcomes = (await failed).map(({ status }) => status);
  const next = ask();
  await expect.poll(() => runs).toHaveLength(2);
  runs[1]?.resolve(2);

  expect([outcomes, await next]).toEqual([["rejected", "rejected"], 2]);
});
