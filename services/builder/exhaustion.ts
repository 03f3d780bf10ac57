import { Fault } from "#shared/fault.ts";
import type { Pause } from "#shared/pause.ts";
import { seconds } from "#shared/time.ts";
import type { Container } from "./docker/engine.ts";

/** How often a container is looked at, and how many looks in a row tell. */
const interval = seconds(5);
const looks = 4;

/** The share of the limit from which on there is no room. */
const nearly = 0.9;

/**
 * Never resolves; `Fault` conflict when a container has had no room for another process for a while. A build
 * in that state comes to no end of its own.
 */
export const untilExhausted = async (
  pause: Pause,
  container: Pick<Container, "processes">,
  limit: number,
  signal: AbortSignal,
): Promise<never> => {
  let full = 0;
  while (true) {
    await pause(interval, signal);
    signal.throwIfAborted();
    full = (await container.processes()) >= limit * nearly ? full + 1 : 0;
    if (full === looks)
      throw new Fault(
        "conflict",
        `the build had no room for another process: it may have ${limit} (RUNNER_PIDS)`,
      );
  }
};
