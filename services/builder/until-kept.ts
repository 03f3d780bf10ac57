import { Fault } from "#shared/fault.ts";
import type { Pause } from "#shared/pause.ts";
import { seconds } from "#shared/time.ts";

/**
 * Keeps what was built as soon as that is possible: while the bus is away, or the disk is full, it waits, since
 * giving up would mean to build it again. `waiting` is called once, with the reason.
 */
export const untilKept = async <T>(
  pause: Pause,
  keep: () => Promise<T>,
  signal: AbortSignal,
  waiting: (reason: string) => void = () => {},
): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await keep();
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== "unavailable") throw error;
      if (attempt === 1) waiting(error.message);
      await pause(seconds(1), signal);
    }
  }
};
