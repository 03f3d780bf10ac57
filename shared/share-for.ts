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
