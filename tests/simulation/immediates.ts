/** Counts what waits for the next turn of the event loop: while something does, services are still at work. */
export const countImmediates = () => {
  const { setImmediate: real } = globalThis;
  let waiting = 0;
  const counted = (callback: (...rest: unknown[]) => void, ...rest: unknown[]) => {
    waiting += 1;
    return real(() => {
      waiting -= 1;
      callback(...rest);
    });
  };
  globalThis.setImmediate = Object.assign(counted, real);
  const turn = () => new Promise<void>((resolve) => void real(resolve));
  return {
    /** Resolves once all that was ready to run has run. */
    async quiet() {
      do await turn();
      while (waiting > 0);
    },
    [Symbol.dispose]() {
      globalThis.setImmediate = real;
    },
  };
};
