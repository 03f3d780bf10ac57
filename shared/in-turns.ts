import { yieldToOthers } from "./pause.ts";

/** Items that are handled in one turn of the event loop. */
const atOnce = 100;

/** Calls `act` with every item, and lets other work run in between, as thousands of items take seconds. */
export const inTurns = async <T>(items: Iterable<T>, act: (item: T) => void) => {
  let count = 0;
  for (const item of items) {
    act(item);
    count += 1;
    if (count % atOnce === 0) await yieldToOthers();
  }
};

/** The items in lists of so many; the last one may be shorter. */
export function* chunksOf<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
