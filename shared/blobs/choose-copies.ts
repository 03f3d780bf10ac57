import { minutes } from "#shared/time.ts";

export type Copy = {
  readonly sha256: string;
  readonly bytes: number;
  /** Names the file has: where there is another than the copy's own, taking that away makes no room. */
  readonly links: number;
  readonly usedAt: number;
};

/** Milliseconds for which a copy stays after a process asked for its path: that process is about to open it. */
export const stay = minutes(10);

/** The copies to take away, those wanted longest ago first, until the others fit into `limit` bytes. */
export const chooseLeaving = (copies: readonly Copy[], limit: number, now: number) => {
  const own = copies.filter(({ links }) => links === 1);
  let excess = own.reduce((sum, { bytes }) => sum + bytes, 0) - limit;
  return own
    .filter(({ usedAt }) => Math.abs(now - usedAt) > stay)
    .toSorted((a, b) => a.usedAt - b.usedAt)
    .filter(({ bytes }) => {
      const leaves = excess > 0;
      if (leaves) excess -= bytes;
      return leaves;
    })
    .map(({ sha256 }) => sha256);
};
