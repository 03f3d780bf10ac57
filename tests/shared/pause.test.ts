import { expect, test } from "vitest";
import { abortable, deadline, type Pause, pause, unlessAborted, within } from "#shared/pause.ts";

const never = new Promise<never>(() => {});

/** A pause that ends when a test says so, or when its signal aborts. */
const manualPause = () => {
  const ends: (() => void)[] = [];
  const paused: number[] = [];
  const pause: Pause = (milliseconds, signal) =>
    new Promise((resolve) => {
      paused.push(milliseconds);
      ends.push(resolve);
      signal?.addEventListener("abort", () => resolve());
    });
  const elapse = async () => {
    for (const end of ends.splice(0)) end();
    await Promise.resolve();
  };
  return { pause, paused, elapse };
};

test("a pause ends as soon as its signal aborts, before or meanwhile", async () => {
  const stopping = new AbortController();
  const paused = pause(1_000_000, stopping.signal);

  stopping.abort();

  expect(await paused).toBeUndefined();
  expect(await pause(1_000_000, stopping.signal)).toBeUndefined();
});

test("a deadline aborts its signal after the pause, with a reason that says how long it was", async () => {
  const { pause, paused, elapse } = manualPause();
  using late = deadline(pause, 3_000);
  expect([paused, late.signal.aborted]).toEqual([[3_000], false]);

  await elapse();

  expect(late.signal.reason).toEqual(new Error("no answer in 3000 ms"));
});

test("a deadline that was disposed aborts nothing", async () => {
  const { pause, elapse } = manualPause();
  const late = deadline(pause, 3_000);

  late[Symbol.dispose]();
  await elapse();

  expect(late.signal.aborted).toBe(false);
});

test("parts of one piece of work have deadlines of their own, each of which aborts all of it", async () => {
  const { pause, elapse } = manualPause();
  const stop = new AbortController();
  const options = { stop, message: "nothing happened" };
  deadline(pause, 1, options)[Symbol.dispose]();
  await elapse();
  expect(stop.signal.aborted).toBe(false);

  using _ = deadline(pause, 1, options);
  await elapse();

  expect(stop.signal.reason).toEqual(new Error("nothing happened"));
});

test("abortable work that ends is what it comes to", async () => {
  const { signal } = new AbortController();

  expect(await abortable(Promise.resolve(1), signal)).toBe(1);
  await expect(abortable(Promise.reject(new Error("no")), signal)).rejects.toThrow("no");
});

test("abortable work is left when the signal aborts, before or meanwhile", async () => {
  const stopping = new AbortController();
  const waiting = abortable(never, stopping.signal);

  stopping.abort(new Error("stop"));

  await expect(waiting).rejects.toThrow("stop");
  await expect(abortable(never, stopping.signal)).rejects.toThrow("stop");
});

test("what is waited for unless a signal aborts comes to nothing then", async () => {
  const stopping = new AbortController();
  const waiting = unlessAborted(never, stopping.signal);
  expect(await unlessAborted(Promise.resolve(1), stopping.signal)).toBe(1);

  stopping.abort();

  expect(await waiting).toBeUndefined();
});

test("a promise that rejects, or does not settle in time, does not fulfil within it", async () => {
  expect(await within(1_000_000, Promise.resolve())).toBe(true);
  expect(await within(1_000_000, Promise.reject(new Error("no")))).toBe(false);
  expect(await within(1, never)).toBe(false);
});
