import { expect, test } from "vitest";
import type { Pause } from "#shared/pause.ts";
import { silenceAfter } from "../../../services/api/silence.ts";

/** Time that passes when a test says so, in milliseconds. */
const manualTime = () => {
  const waiting = new Set<{ readonly until: number; readonly end: () => void }>();
  let at = 0;
  const pause: Pause = (milliseconds, signal) =>
    new Promise((resolve) => {
      const entry = { until: at + milliseconds, end: resolve };
      waiting.add(entry);
      signal?.addEventListener("abort", () => {
        waiting.delete(entry);
        resolve();
      });
    });
  const pass = async (milliseconds: number) => {
    for (const end = at + milliseconds; at < end; at += 1) {
      for (const entry of waiting)
        if (entry.until <= at + 1) {
          waiting.delete(entry);
          entry.end();
        }
      for (let turns = 0; turns < 10; turns += 1) await Promise.resolve();
    }
  };
  return { pause, pass };
};

const setup = () => {
  const time = manualTime();
  const silence = silenceAfter(time.pause, 60, 1_000);
  const state = { over: false };
  const begun = silence.begun().then(() => {
    state.over = true;
  });
  return { ...time, ...silence, state, begun };
};

test("silence has begun once nothing was heard for its time", async () => {
  const it = setup();

  await it.pass(50);
  it.heard();
  await it.pass(60);
  expect(it.state.over).toBe(false);

  await it.pass(30);
  expect(it.state.over).toBe(true);
});

test("what never falls silent is waited for no longer than the whole time", async () => {
  const it = setup();

  for (let at = 0; at < 990; at += 10) {
    await it.pass(10);
    it.heard();
  }
  expect(it.state.over).toBe(false);
  await it.pass(20);

  expect(it.state.over).toBe(true);
});
