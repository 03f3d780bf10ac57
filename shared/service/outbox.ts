import { asc, eq, inArray, sql } from "drizzle-orm";
import pLimit from "p-limit";
import type { Bus } from "#shared/bus/bus.ts";
import type { Publication } from "#shared/bus/declare.ts";
import { prepare } from "#shared/bus/prepare.ts";
import { chunksOf } from "#shared/in-turns.ts";
import { within } from "#shared/pause.ts";
import { insertRows } from "#shared/state/insert-rows.ts";
import type { LeaseTable, OutboxTable } from "#shared/state/recovery.ts";
import type { State, Transaction } from "#shared/state/state.ts";
import { seconds } from "#shared/time.ts";
import type { Service, World } from "./define.ts";

/** How long one process publishes alone, and how long before the end of that time it renews the lease. */
const lease = { lasts: seconds(30), renewed: seconds(10) };

/** Messages that are read, and deleted, together. */
const page = 200;

/** Rows of one statement. */
const chunk = 500;

/** Messages of different keys that are published at the same time. */
const atOnce = 32;

export type OutboxTables = { readonly outbox: OutboxTable; readonly lease: LeaseTable };

type Surroundings = Pick<World, "log" | "newId" | "now" | "pause"> & {
  readonly state: State;
  readonly bus: Pick<Bus, "send">;
  /** No other process has this database: a lease that a dead process holds is taken at once. */
  readonly alone: boolean;
};

/**
 * The state whose writes publish:
 * 1. a write stores its messages in the same transaction as its rows;
 * 2. the process that holds the lease publishes them, those of one key one after the other, and deletes what
 *    nats-server confirmed. A process that dies in between leaves the row: the message is published again, with the
 *    same `Nats-Msg-Id`;
 * 3. a commit of this process wakes it; commits of other processes are seen within a second.
 *
 * Disposing stops publishing, leaves what is not published to the next process, and leaves the database open.
 */
export const openOutbox = (
  { name, publishes = [] }: Pick<Service, "name" | "publishes">,
  { outbox, lease: leases }: OutboxTables,
  { alone, bus, log, newId, now, pause, state }: Surroundings,
): State => {
  const stopping = new AbortController();
  const { signal } = stopping;
  const holder = newId();
  const publishing = pLimit(atOnce);
  let heldUntil = Number.NEGATIVE_INFINITY;
  let woken = new AbortController();
  let seen: number | undefined;

  const hold = async () => {
    const at = now();
    if (at < heldUntil - lease.renewed && heldUntil - at <= lease.lasts) return true;
    const row = { id: 1, holder, expiresAt: at + lease.lasts };
    // A clock that was put back: no lease lasts longer than lease.lasts from now.
    const isFree = sql`${leases.holder} = ${holder} or ${leases.expiresAt} < ${at}
      or ${leases.expiresAt} > ${at + lease.lasts}`;
    const [held] = await state.write((transaction) =>
      transaction
        .insert(leases)
        .values(row)
        .onConflictDoUpdate({ target: leases.id, set: row, setWhere: alone ? sql`true` : isFree })
        .returning(),
    );
    heldUntil = held?.holder === holder ? row.expiresAt : Number.NEGATIVE_INFINITY;
    return heldUntil === row.expiresAt;
  };

  /** Gives the ids that nats-server confirmed; a message that it refuses holds back those of its key. */
  const publishInOrder = async (rows: readonly (typeof outbox.$inferSelect)[]) => {
    const confirmed: number[] = [];
    try {
      for (const { id, subject, messageId, payload } of rows) {
        if (signal.aborted) break;
        await bus.send({ subject, id: messageId, data: payload });
        confirmed.push(id);
      }
    } catch (error) {
      log.warn("message not published yet", { subject: rows[confirmed.length]?.subject, error });
    }
    return confirmed;
  };

  /** Publishes a page of messages; answers whether there may be more to publish now. */
  const publishPage = async () => {
    const version = state.version();
    if (version !== undefined && version === seen) return false;
    const rows = await state.read.select().from(outbox).orderBy(asc(outbox.id)).limit(page);
    if (rows.length === 0) {
      seen = version;
      return false;
    }
    if (!(await hold())) return false;
    const keys = Map.groupBy(rows, ({ key }) => key).values();
    const confirmed = await Promise.all(
      [...keys].map((its) => publishing(() => publishInOrder(its))),
    );
    const ids = confirmed.flat();
    if (ids.length > 0)
      await state.write(async (transaction) => {
        await transaction.delete(outbox).where(inArray(outbox.id, ids));
      });
    return ids.length === rows.length;
  };

  const run = async () => {
    while (!signal.aborted) {
      woken = new AbortController();
      const more = await publishPage().catch((error: unknown) => {
        if (!signal.aborted) log.warn("outbox not published", { error });
        return false;
      });
      if (!more) await pause(seconds(1), AbortSignal.any([signal, woken.signal]));
    }
  };
  const running = run();

  const store = async (publications: readonly Publication[], transaction: Transaction) => {
    const rows = publications.map(({ message, payload }) => {
      if (!publishes.includes(message))
        throw new TypeError(`${name} does not declare ${message.subject}`);
      const { id, key, subject, data } = prepare(message, payload);
      return { key, subject, messageId: id, payload: data, createdAt: now() };
    });
    for (const some of chunksOf(rows, chunk)) await insertRows(transaction, outbox, some);
  };

  return {
    ...state,
    async write(fn) {
      let stored = false;
      const result = await state.write((transaction) => {
        const publish = async (...publications: readonly Publication[]) => {
          stored ||= publications.length > 0;
          await store(publications, transaction);
        };
        return fn(Object.assign(transaction, { publish }));
      });
      if (stored) woken.abort();
      return result;
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      if (!(await within(seconds(1), running))) return;
      await state.write(async (transaction) => {
        await transaction.delete(leases).where(eq(leases.holder, holder));
      });
    },
  };
};
