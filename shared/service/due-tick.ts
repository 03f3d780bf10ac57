import type { parseCron } from "#shared/cron-expression.ts";
import { days } from "#shared/time.ts";

type Ticks = NonNullable<ReturnType<typeof parseCron>>;

export type DueTick =
  /** The stored time says nothing about the ticks to come: count from now on. */
  | { readonly kind: "begin" }
  /** The newest tick that is due. */
  | { readonly kind: "fire"; readonly at: number }
  /** The next tick; absent: there is none. */
  | { readonly kind: "wait"; readonly until?: number };

/**
 * Decides about one expression, whose last tick, or else its first look, was at `firedAt`:
 * 1. an expression that is new has its first tick at its next time;
 * 2. of ticks that were missed, as no process was running or the clock was put forward, the newest one fires;
 * 3. after the clock was put back, a tick that has fired does not fire again. Only where that would silence the
 *    expression for more than a day and more than one tick, the clock must have been wrong before: count from now on.
 */
export const decideTick = (ticks: Ticks, firedAt: number | undefined, now: number): DueTick => {
  if (firedAt === undefined) return { kind: "begin" };
  if (firedAt - now > days(1) && (ticks.after(now) ?? firedAt) < firedAt) return { kind: "begin" };
  const next = ticks.after(firedAt);
  if (next === undefined) return { kind: "wait" };
  if (next > now) return { kind: "wait", until: next };
  return { kind: "fire", at: ticks.upTo(now) ?? next };
};
