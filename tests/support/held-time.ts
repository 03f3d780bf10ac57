import { expect, vi } from "vitest";
import type { Pause } from "#shared/pause.ts";

/** A time whose pauses last until a test ends them. */
export const makeHeldTime = () => {
  const waiting = new Set<{ readonly milliseconds: number; end(): void }>();
  const pause: Pause = (milliseconds, signal) =>
    new Promise((resolve) => {
      const it = {
        milliseconds,
        end() {
          waiting.delete(it);
          signal?.removeEventListener("abort", it.end);
          resolve();
        },
      };
      if (signal?.aborted) return resolve();
      signal?.addEventListener("abort", it.end);
      waiting.add(it);
    });
  return {
    pause,
    /** Waits for pauses of that length, and ends them. */
    pass: (milliseconds: number) =>
      vi.waitFor(() => {
        const due = [...waiting].filter((it) => it.milliseconds === milliseconds);
        expect(due).not.toEqual([]);
        for (const it of due) it.end();
      }),
    /** How many pauses are under way. */
    count: () => waiting.size,
  };
};
