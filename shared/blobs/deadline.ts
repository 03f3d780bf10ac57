/** Ends what takes longer than it may. */
export type Deadline = {
  readonly signal: AbortSignal;
  /** Aborts `signal` when `act` takes longer than so many milliseconds. */
  within<T>(longest: number, act: () => Promise<T>): Promise<T>;
  end(): void;
};

export const makeDeadline = (): Deadline => {
  const ending = new AbortController();
  return {
    signal: ending.signal,
    async within(longest, act) {
      const timer = setTimeout(() => {
        ending.abort(new Error(`nothing happened for ${longest / 1_000} s`));
      }, longest);
      try {
        return await act();
      } finally {
        clearTimeout(timer);
      }
    },
    end: () => ending.abort(),
  };
};
