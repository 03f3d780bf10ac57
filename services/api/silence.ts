/**
 * A stream has no end to wait for: `begun` resolves once nothing was `heard` for `quiet` milliseconds,
 * or after `whole` milliseconds.
 */
export const silenceAfter = (quiet: number, whole: number) => {
  let latest = performance.now();
  return {
    heard: () => {
      latest = performance.now();
    },
    begun: () =>
      new Promise<void>((resolve) => {
        const end = performance.now() + whole;
        const timer = setInterval(() => {
          const now = performance.now();
          if (now - latest < quiet && now < end) return;
          clearInterval(timer);
          resolve();
        }, quiet / 3);
      }),
  };
};
