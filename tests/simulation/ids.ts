import type { Random } from "./random.ts";

/** UUIDs that are numbered in their last digits; the rest is chance, so that their order says nothing. */
export const openIds = (random: Random) => {
  let count = 0;
  return () => {
    count += 1;
    const digits = (value: number, length: number) => value.toString(16).padStart(length, "0");
    return `${digits(random.below(2 ** 32), 8)}-0000-4000-8000-${digits(count, 12)}`;
  };
};
