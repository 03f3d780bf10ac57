import { parseCron } from "#shared/cron-expression.ts";
import type { Tables } from "../database.ts";
import type { Observer } from "../observer.ts";
import type { Left } from "./left.ts";

type Session = { readonly id: string };

type Tick = { readonly firedAt: number };

export type Ticks = {
  /** After each write of the scheduler. */
  written(): void;
  /** The ticks that are due and have not fired. */
  left(now: number): readonly Left[];
};

/** Each tick of a schedule orders one session at most, however many schedulers there are. */
export const watchTicks = (schedule: string, tables: Tables, { violated }: Observer): Ticks => {
  const instants = parseCron(schedule);
  if (!instants) throw new TypeError(`${schedule} is no cron expression`);
  const ordered = new Set<string>();
  let fired = 0;
  let last: number | undefined;
  const lastFired = () => {
    // Safe: the query names this column.
    const rows = tables.rows(
      `select fired_at as firedAt from scheduler_ticks where name = 'schedule: ${schedule}'`,
    ) as readonly Tick[];
    return rows[0]?.firedAt;
  };
  return {
    written() {
      // Safe: as above.
      const sessions = tables.rows(
        "select id from sessions where reason = 'schedule'",
      ) as readonly Session[];
      for (const { id } of sessions) ordered.add(id);
      const firedAt = lastFired();
      if (last !== undefined && firedAt !== undefined && firedAt > last) fired += 1;
      last = firedAt;
      if (ordered.size > fired)
        violated("a tick fires once", `${ordered.size} sessions by ${fired} ticks`);
    },
    left(now) {
      const firedAt = lastFired();
      const due = firedAt === undefined ? undefined : instants.after(firedAt);
      return due !== undefined && due <= now ? [{ what: `tick of ${due}` }] : [];
    },
  };
};
