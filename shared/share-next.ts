/**
 * Makes callers share runs without any of them getting an old result: who asks while a run is under way
 * gets the next one, which begins after it and serves all who asked meanwhile. Requests that came together are
 * handed out one by one, with all that is promised done in between: so a run begins when the last of them has asked,
 * and those who came while the last run's callers were answered.
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
    next ??= running.then(afterOthers).then(begin);
    return next;
  };
};

const afterOthers = () =>
  new Promise<void>((resolve) => void setImmediate(() => setImmediate(resolve)));

/** Whoever asked for a run hears of its failure; who waits for its end does not care. */
const nothing = () => undefined;
