import { and, eq, isNull, lt } from "drizzle-orm";
import type { AddId } from "#shared/model.ts";
import { type AddOutcome, addOrders, adds } from "#shared/state/adds.ts";
import type { Reader, State, Transaction } from "#shared/state/state.ts";

export type AddOrder = typeof addOrders.$inferSelect;

export const findAdd = async (read: Pick<Reader, "select">, id: AddId) =>
  read.select().from(addOrders).where(eq(addOrders.id, id)).get();

export const insertAdd = async (transaction: Transaction, order: typeof addOrders.$inferInsert) => {
  await transaction.insert(addOrders).values(order);
};

export type AddProgress = typeof adds.$inferSelect;

/** How far the resolver is; undefined: it has not begun. */
export const findProgress = async (read: Reader, id: AddId) =>
  read.select().from(adds).where(eq(adds.id, id)).get();

/** Ends an add, unless another process has. */
export const endAdd = async (
  transaction: Transaction,
  id: AddId,
  outcome: AddOutcome,
  endedAt: number,
) => {
  const ended = await transaction
    .update(addOrders)
    .set({ outcome, endedAt })
    .where(and(eq(addOrders.id, id), isNull(addOrders.endedAt)))
    .returning({ id: addOrders.id });
  return ended.length > 0;
};

export const findUnendedAdds = (read: Reader) =>
  read
    .select({ id: addOrders.id })
    .from(addOrders)
    .where(isNull(addOrders.endedAt))
    .orderBy(addOrders.orderedAt);

/** Forgets adds that ended before an instant. */
export const deleteEndedAdds = (state: State, before: number) =>
  state.write((transaction) => transaction.delete(addOrders).where(lt(addOrders.endedAt, before)));
