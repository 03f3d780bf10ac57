import { minutes, seconds } from "#shared/time.ts";

/** Milliseconds for which work is left to others at first, and at most. */
const waits = { first: seconds(2), most: minutes(1) };

/** How many are remembered. */
const memory = 1_000;

export type Deferrals<Id> = {
  /** Milliseconds for which work is left to others now: twice as long each time. */
  next(id: Id): number;
};

export const makeDeferrals = <Id>(): Deferrals<Id> => {
  const waited = new Map<Id, number>();
  return {
    next(id) {
      const before = waited.get(id);
      const wait = before === undefined ? waits.first : Math.min(before * 2, waits.most);
      waited.delete(id);
      waited.set(id, wait);
      const [oldest] = waited.keys();
      if (waited.size > memory && oldest !== undefined) waited.delete(oldest);
      return wait;
    },
  };
};
