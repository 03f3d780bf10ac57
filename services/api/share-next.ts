/**
 * Makes callers share runs without any of them getting an old result: who asks while a run is under way
 * gets the next one, which begins after it and serves all who asked meanwhile.
 */
export const shareNext = <T>(run: () => Promise<T>) => {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  const begin = () => {
    next = undefined;
    const begun = run();
    running = begun.then(nothing, nothing);
    return begun;
  };
  return () => {
    next ??= running.then(begin);
    return next;
  };
};

/** Whoever asked for a run hears of its failure; who waits for its end does not care. */
const nothing = () => undefined;
