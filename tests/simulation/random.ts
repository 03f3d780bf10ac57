import { seeded } from "../support/seeded.ts";

/** Choices that are the same for the same seed. */
export type Random = {
  /** From 0 up to 1, which is excluded. */
  next(): number;
  /** A whole number from 0 up to `limit`, which is excluded. */
  below(limit: number): number;
  /** A whole number; both ends are included. */
  between(least: number, most: number): number;
  chance(probability: number): boolean;
  /** Throws where there is nothing to pick. */
  pick<T>(items: readonly T[]): T;
  /** Independent choices: how many are made of them changes no others. */
  fork(name: string): Random;
};

export const openRandom = (seed: number): Random => {
  const next = seeded(seed);
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    between: (least, most) => least + below(most - least + 1),
    chance: (probability) => next() < probability,
    pick(items) {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError("there is nothing to pick");
      return item;
    },
    fork: (name) => openRandom(hashOf(`${seed} ${name}`)),
  };
};

/** FNV-1a, 32 bits. */
const hashOf = (text: string) => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
};
