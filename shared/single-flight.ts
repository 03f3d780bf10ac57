import { yieldToOthers } from "./pause.ts";

/**
 * Makes callers share a run: a call for a key whose run is under way gets the result of that run. The next call
 * after its end begins another one.
 */
export const shareRunning = <T, Key = string>() => {
  const running = new Map<Key, Promise<T>>();
  return (key: Key, run: () => Promise<T>): Promise<T> => {
    const result = running.get(key) ?? run().finally(() => running.delete(key));
    running.set(key, result);
    return result;
  };
};

/**
 * Makes callers share runs without any of them getting an old result: a call while a run is under way gets the
 * next run, which begins after it and serves all callers that came meanwhile. The runtime hands out requests
 * that came together one by one, and settles promises in between: so a run begins only when the last of them has
 * called, and those too that came while the last run's callers were answered.
 */
export const shareNext = <T>() => {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  return (run: () => Promise<T>) => {
    const begin = () => {
      next = undefined;
      const begun = run();
      running = begun.then(nothing, nothing);
      return begun;
    };
    next ??= running.then(yieldToOthers).then(begin);
    return next;
  };
};

/**
 * Makes callers share runs: a caller gets the run that is under way, or the result of the last one until `duration`
 * milliseconds after that run began. The callers that wait for a run which fails share the failure, which is not kept.
 * `elapsed` is a clock in milliseconds that is never set.
 */
export const shareFor = <T>(
  duration: number,
  run: () => Promise<T>,
  elapsed = () => performance.now(),
) => {
  let shared: { readonly result: Promise<T>; freshUntil: number } | undefined;
  return (): Promise<T> => {
    if (shared && elapsed() < shared.freshUntil) return shared.result;
    const begunAt = elapsed();
    const begun = { result: run(), freshUntil: Infinity };
    shared = begun;
    begun.result.then(
      () => {
        begun.freshUntil = begunAt + duration;
      },
      () => {
        begun.freshUntil = -Infinity;
      },
    );
    return begun.result;
  };
};

/** The callers of a run get its failure; the next run only waits for its end. */
const nothing = () => undefined;
