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
  let last = Number.NEGATIVE_INFINITY;
  const lastFired = () => {
    // Safe: the query names this column.
    const rows = tables.rows(
      "select fired_at as firedAt from scheduler_ticks where name like 'schedule: %'",
    ) as readonly Tick[];
    return rows[0]?.firedAt;
  };
  return {
    written() {
      // Safe: as above.
      const sessions = tables.rows(
        "select id from sessions where reason = 'schedule'",
      ) as readonly Session[];
      const firedAt = lastFired() ?? last;
      const made = sessions.filter(({ id }) => !ordered.has(id));
      for (const { id } of made) ordered.add(id);
      if (made.length > 1 || (made.length === 1 && firedAt <= last))
        violated("a tick fires once", `${made.map(({ id }) => id)}, ${firedAt} after ${last}`);
      last = firedAt;
    },
    left(now) {
      const firedAt = lastFired();
      const due = firedAt === undefined ? undefined : instants.after(firedAt);
      return due !== undefined && due <= now ? [{ what: `tick of ${due}` }] : [];
    },
  };
};
