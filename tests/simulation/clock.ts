/** What happens at an instant, unless it is cancelled before. */
type Timer = { readonly at: number; readonly order: number; readonly fire: () => void };

/** Virtual time, in milliseconds since the Unix epoch. It passes only when the kernel lets it. */
export type Clock = {
  now(): number;
  /** Calls `fire` once the clock has passed some milliseconds more; answers how to cancel that. */
  after(milliseconds: number, fire: () => void): () => void;
  /** Lets some milliseconds pass, without firing what becomes due. */
  pass(milliseconds: number): void;
  /** Fires the timers that are due, the earliest first. */
  fireDue(): void;
  /** Moves to the earliest timer; false where there is none. */
  skip(): boolean;
};

export const openClock = (start: number): Clock => {
  let now = start;
  let order = 0;
  /** By their instants, the latest first. */
  const timers: Timer[] = [];

  const insert = (timer: Timer) => {
    let [low, high] = [0, timers.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(timer, timers[middle])) low = middle + 1;
      else high = middle;
    }
    timers.splice(low, 0, timer);
  };

  return {
    now: () => now,
    after(milliseconds, fire) {
      const timer = { at: now + Math.max(0, milliseconds), order: order++, fire };
      insert(timer);
      return () => {
        const at = timers.lastIndexOf(timer);
        if (at !== -1) timers.splice(at, 1);
      };
    },
    pass(milliseconds) {
      now += milliseconds;
    },
    fireDue() {
      for (let next = timers.at(-1); next && next.at <= now; next = timers.at(-1)) {
        timers.pop();
        next.fire();
      }
    },
    skip() {
      const next = timers.at(-1);
      if (next) now = Math.max(now, next.at);
      return next !== undefined;
    },
  };
};

const isBefore = (timer: Timer, other: Timer | undefined) =>
  other !== undefined &&
  (timer.at < other.at || (timer.at === other.at && timer.order < other.order));
