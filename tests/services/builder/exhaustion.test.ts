import { expect, test, vi } from "vitest";
import { pause } from "#shared/pause.ts";
import { untilExhausted } from "../../../services/builder/exhaustion.ts";

const watch = async (counts: readonly number[]) => {
  vi.useFakeTimers();
  try {
    const over = new AbortController();
    const left = [...counts];
    const watching = untilExhausted(
      pause,
      { processes: async () => left.shift() ?? 0 },
      100,
      over.signal,
    ).catch((error: Error) => error.name);
    for (const _ of counts) await vi.advanceTimersByTimeAsync(5_000);
    over.abort();
    return await watching;
  } finally {
    vi.useRealTimers();
  }
};

test("a container that stays full ends the build, one that gets room again does not", async () => {
  expect(await watch([90, 100, 95, 99])).toBe("Fault");
  expect(await watch([90, 100, 95, 50, 99, 99, 99])).toBe("AbortError");
});
