import { and, eq } from "drizzle-orm";
import { Fault } from "#shared/fault.ts";
import { sayable } from "#shared/messages/reason.ts";
import type { State } from "#shared/state/state.ts";
import { minutes, seconds } from "#shared/time.ts";
import type { Repetition, Service, World } from "./define.ts";
import { reconciled } from "./metrics.ts";

/** One row of a service's `reconciles` table: rows that wait for work whose message may be lost. */
export type Reconcile<Context> = {
  readonly name: string;
  /** The ids of the rows that wait now. Reads nothing of them that may fail to parse. */
  find(context: Context): Promise<readonly string[]>;
  /** Asks again for what a row waits for; nothing changes while that is under way. */
  step(context: Context, id: string): Promise<void>;
  /** Ends a row whose own step throws again and again; `reason` is for a person. */
  giveUp(context: Context, id: string, reason: string): Promise<void>;
};

/** How long a row that waits is left alone at first, and at most. */
const waits = { first: minutes(1), most: minutes(5) };

/** A row is given up after so many steps that threw, over so long. */
const patience = { failures: 10, time: minutes(60) };

/** How often the rows are looked at. */
const lookInterval = seconds(15);

type Around<Context> = Pick<World, "log" | "measure" | "now"> & {
  readonly context: Context;
  readonly state: State | undefined;
};

type Wait = { readonly next: number; readonly last: number };

/**
 * Steps each row that waits by itself: those that a new process finds at once, then with back-off. `Fault` unavailable,
 * of a peer or a builder, is waiting and no failure. Failures are kept in a table, as a process may not live as long
 * as a row's patience.
 */
export const reconciliation = <Context>(
  service: Pick<Service, "name" | "recovery">,
  { name, find, step, giveUp }: Reconcile<Context>,
  { context, log, measure, now, state }: Around<Context>,
): Repetition<unknown> => {
  const attempts = service.recovery?.attempts;
  if (!attempts || !state)
    throw new TypeError(`${service.name} reconciles ${name}, but has no table of attempts`);
  const count = (outcome: "stepped" | "failed" | "given-up") =>
    measure.count(reconciled, { service: service.name, reconcile: name, outcome });
  const waiting = new Map<string, Wait>();
  let started = false;
  const ofRow = (row: string) => and(eq(attempts.reconcile, name), eq(attempts.row, row));

  const fail = async (row: string, error: unknown) => {
    const reason = sayable(error instanceof Error ? error.message : String(error));
    const before = await state.read.select().from(attempts).where(ofRow(row)).get();
    const failures = (before?.failures ?? 0) + 1;
    const at = now();
    const firstFailedAt = Math.min(before?.firstFailedAt ?? at, at);
    if (failures >= patience.failures && at - firstFailedAt >= patience.time) {
      log.error("row given up", { reconcile: name, row, failures, error });
      await giveUp(context, row, `given up: ${reason}`);
      await forget(row);
      count("given-up");
      return;
    }
    log.error("row not reconciled", { reconcile: name, row, failures, error });
    const nextAt = at + Math.min(seconds(10) * 2 ** (failures - 1), minutes(15));
    const failed = { failures, firstFailedAt, nextAt, reason };
    await state.write(async (transaction) => {
      await transaction
        .insert(attempts)
        .values({ reconcile: name, row, ...failed })
        .onConflictDoUpdate({ target: [attempts.reconcile, attempts.row], set: failed });
    });
    count("failed");
  };

  const forget = (row: string) =>
    state.write(async (transaction) => {
      await transaction.delete(attempts).where(ofRow(row));
    });

  const isDue = (row: string, failedUntil: number | undefined) => {
    if (failedUntil !== undefined) return now() >= failedUntil;
    const wait = waiting.get(row);
    // A clock that was put back must not keep a row waiting until that time comes again.
    return !wait || now() >= wait.next || now() < wait.next - waits.most;
  };

  const run = async (_context: unknown, signal: AbortSignal) => {
    const rows = await find(context);
    const failed = await state.read.select().from(attempts).where(eq(attempts.reconcile, name));
    const failedUntil = new Map(failed.map(({ row, nextAt }) => [row, nextAt]));
    const there = new Set(rows);
    for (const row of failedUntil.keys()) if (!there.has(row)) await forget(row);
    for (const row of waiting.keys()) if (!there.has(row)) waiting.delete(row);

    for (const row of rows) {
      if (signal.aborted) return;
      if (started && !waiting.has(row) && !failedUntil.has(row)) {
        waiting.set(row, { next: now() + waits.first, last: waits.first });
        continue;
      }
      if (!isDue(row, failedUntil.get(row))) continue;
      const last = Math.min(2 * (waiting.get(row)?.last ?? waits.first / 2), waits.most);
      waiting.set(row, { next: now() + last, last });
      try {
        await step(context, row);
        if (failedUntil.has(row)) await forget(row);
        count("stepped");
      } catch (error) {
        if (error instanceof Fault && error.kind === "unavailable")
          log.warn("row waits", { reconcile: name, row, error });
        else await fail(row, error);
      }
    }
    started = true;
  };
  return { interval: () => lookInterval, run };
};
