import { and, eq, inArray, lt } from "drizzle-orm";
import { parseCron } from "#shared/cron-expression.ts";
import { Fault } from "#shared/fault.ts";
import type { State, Transaction } from "#shared/state/state.ts";
import { minutes, seconds } from "#shared/time.ts";
import type { Repetition, Service, World } from "./define.ts";
import { decideTick } from "./due-tick.ts";

/** One row of a service's `crons` table: what is done at the times that cron expressions name, in UTC. */
export type Cron<Context> = {
  readonly name: string;
  /** The expressions that are in force now; one that `parseCron` refuses is logged and has no ticks. */
  schedules(context: Context): Promise<Iterable<string>>;
  /** Writes what the ticks of these expressions cause, in the write that records them as fired. */
  tick(context: Context, transaction: Transaction, expressions: ReadonlySet<string>): Promise<void>;
};

/** How often, at least, the expressions and the clock are looked at; and how often after a failure. */
const look = { least: seconds(5), soonest: seconds(0.1), afterFailures: minutes(5) };

type Around<Context> = Pick<World, "log" | "now"> & {
  readonly context: Context;
  /** Its writes publish. */
  readonly state: State | undefined;
};

type Due = { readonly name: string; readonly expression: string; readonly at: number };

/**
 * Fires ticks, each once however many processes run this and however they die: the write that a tick causes moves its
 * row in `ticks` forward, and does nothing where another process has done so. Expressions that are due at one look
 * share a write. A write that fails leaves its ticks due; each later try waits longer, up to five minutes.
 * `decideTick` says which ticks are due after a restart or a change of the clock.
 */
export const cronRepetition = <Context>(
  service: Pick<Service, "name" | "recovery">,
  { name: cron, schedules, tick }: Cron<Context>,
  { context, log, now, state }: Around<Context>,
): Repetition<unknown> => {
  const ticks = service.recovery?.ticks;
  if (!ticks || !state)
    throw new TypeError(`${service.name} has the cron ${cron}, but no table of ticks`);
  const parsed = new Map<string, ReturnType<typeof parseCron>>();
  const prefix = `${cron}: `;
  let failures = 0;
  let wait: number = look.least;

  const parse = (expression: string) => {
    if (!parsed.has(expression)) {
      parsed.set(expression, parseCron(expression));
      if (!parsed.get(expression))
        log.error("cron expression cannot be parsed", { cron, expression });
    }
    return parsed.get(expression);
  };

  /** Gives the ticks that this process has fired. */
  const fire = (due: readonly Due[]) =>
    state.write(async (transaction) => {
      const fired: Due[] = [];
      for (const it of due) {
        const { name, at } = it;
        const moved = await transaction
          .update(ticks)
          .set({ firedAt: at })
          .where(and(eq(ticks.name, name), lt(ticks.firedAt, at)))
          .returning();
        if (moved.length > 0) fired.push(it);
      }
      if (fired.length > 0)
        await tick(context, transaction, new Set(fired.map(({ expression }) => expression)));
      return fired;
    });

  /** Counts these from now on, unless another process has changed them since they were read; forgets the others. */
  const keep = (begun: ReadonlyMap<string, number | undefined>, ended: readonly string[]) =>
    state.write(async (transaction) => {
      const firedAt = now();
      for (const [name, before] of begun)
        if (before === undefined)
          await transaction.insert(ticks).values({ name, firedAt }).onConflictDoNothing();
        else
          await transaction
            .update(ticks)
            .set({ firedAt })
            .where(and(eq(ticks.name, name), eq(ticks.firedAt, before)));
      await transaction.delete(ticks).where(inArray(ticks.name, [...ended]));
    });

  /** Gives the time of the next tick, if there is nothing to do before. */
  const lookOnce = async () => {
    const at = now();
    const expressions = new Set(await schedules(context));
    const rows = await state.read.select().from(ticks);
    const stored = new Map(rows.map(({ name, firedAt }) => [name, firedAt]));
    const begun = new Map<string, number | undefined>();
    const due: Due[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (const expression of expressions) {
      const instants = parse(expression);
      if (!instants) continue;
      const name = prefix + expression;
      const decided = decideTick(instants, stored.get(name), at);
      if (decided.kind === "begin") begun.set(name, stored.get(name));
      else if (decided.kind === "fire") due.push({ name, expression, at: decided.at });
      else next = Math.min(next, decided.until ?? next);
    }
    const ended = [...stored.keys()].filter(
      (name) => name.startsWith(prefix) && !expressions.has(name.slice(prefix.length)),
    );
    for (const name of ended) parsed.delete(name.slice(prefix.length));
    if (begun.size + ended.length > 0) await keep(begun, ended);
    if (due.length > 0)
      for (const it of await fire(due))
        log.info("cron fired", { cron, expression: it.expression, at: it.at });
    return begun.size + due.length > 0 ? at : next;
  };

  const run = async () => {
    try {
      const next = await lookOnce();
      failures = 0;
      wait = Math.max(look.soonest, Math.min(next - now(), look.least));
    } catch (error) {
      wait = Math.min(look.least * 2 ** failures, look.afterFailures);
      failures += 1;
      if (error instanceof Fault) log.warn("cron waits", { cron, error });
      else log.error("cron failed", { cron, failures, error });
    }
  };
  return { interval: () => wait, run };
};
