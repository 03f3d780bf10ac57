/** Resolves after some milliseconds, or once the signal is aborted. */
export const pause = (duration: number, signal?: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, duration);
    signal?.addEventListener("abort", end);
  });

/** What the promise resolves to, or nothing once the signal is aborted. */
export const unlessAborted = <T>(promise: Promise<T>, signal: AbortSignal) =>
  new Promise<T | undefined>((resolve, reject) => {
    const end = () => resolve(undefined);
    if (signal.aborted) return end();
    signal.addEventListener("abort", end);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", end));
  });

/** Waits for a promise, but not longer than some milliseconds; says whether it came true in time. */
export const within = async (duration: number, promise: Promise<unknown>) => {
  const late = AbortSignal.timeout(duration);
  const fulfilled = promise.then(
    () => true,
    () => false,
  );
  return (await unlessAborted(fulfilled, late)) ?? false;
};
