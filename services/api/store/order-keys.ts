import { and, eq, isNull, lt } from "drizzle-orm";
import { orderKeys } from "#shared/state/order-keys.ts";
import type { State } from "#shared/state/state.ts";

export type KeyedOrder = typeof orderKeys.$inferSelect;

type Order = Pick<KeyedOrder, "key" | "request" | "orderedAt">;

/** The first order with a key: this one, unless another came before. */
export const claimKey = async (state: State, order: Order): Promise<KeyedOrder> => {
  const known = await findKey(state, order.key);
  if (known) return known;
  await state.write((transaction) =>
    transaction.insert(orderKeys).values(order).onConflictDoNothing(),
  );
  return (
    (await findKey(state, order.key)) ?? { ...order, status: null, mediaType: null, body: null }
  );
};

/** Keeps what an order is answered, unless another process has; gives what is kept. */
export const keepAnswer = async (
  state: State,
  { key, status, mediaType, body }: Omit<KeyedOrder, "request" | "orderedAt">,
) => {
  await state.write((transaction) =>
    transaction
      .update(orderKeys)
      .set({ status, mediaType, body })
      .where(and(eq(orderKeys.key, key), isNull(orderKeys.status))),
  );
  return await findKey(state, key);
};

export const deleteKeys = (state: State, before: number) =>
  state.write((transaction) =>
    transaction.delete(orderKeys).where(lt(orderKeys.orderedAt, before)),
  );

const findKey = ({ read }: State, key: string) =>
  read.select().from(orderKeys).where(eq(orderKeys.key, key)).get();
