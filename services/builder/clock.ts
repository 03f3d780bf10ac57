import { seconds } from "#shared/time.ts";

/** A line, and the milliseconds from the beginning to when it was begun. */
export type Tick = readonly [line: number, milliseconds: number];

/** Remembers when lines of a log were printed, one in a second at most. */
export const makeClock = (now: () => number) => {
  const startedAt = now();
  const ticks: Tick[] = [];
  return {
    /** Something is printed on this line. */
    tick(line: number) {
      const passed = now() - startedAt;
      const [lastLine, lastPassed] = ticks.at(-1) ?? [0, -seconds(1)];
      if (line > lastLine && passed - lastPassed >= seconds(1)) ticks.push([line, passed]);
    },
    /** All of it, with each line where it stands in the log that is kept; lines that are not kept have none. */
    read(place: (line: number) => number): readonly Tick[] {
      const placed: Tick[] = [];
      for (const [line, passed] of ticks) {
        const at = place(line);
        if (at > (placed.at(-1)?.[0] ?? 0)) placed.push([at, passed]);
      }
      return placed;
    },
  };
};
