import { eq, lt, sql } from "drizzle-orm";
import type { ResolvedAdd } from "#shared/messages/resolve.ts";
import type { AddId } from "#shared/model.ts";
import { adds } from "#shared/state/adds.ts";
import type { State } from "#shared/state/state.ts";

/** The row of an add, which an earlier try may have begun. */
export const beginAdd = (state: State, id: AddId, startedAt: number) =>
  state.write(async (transaction) => {
    await transaction.insert(adds).values({ id, fetched: 0, startedAt }).onConflictDoNothing();
    const row = await transaction.select().from(adds).where(eq(adds.id, id)).get();
    if (!row) throw new Error(`the add ${id} is not there`);
    return row;
  });

export const noteFetching = (state: State, id: AddId, fetching: string) =>
  state.write((transaction) => transaction.update(adds).set({ fetching }).where(eq(adds.id, id)));

export const noteFetched = (state: State, id: AddId) =>
  state.write((transaction) =>
    transaction
      .update(adds)
      .set({ fetching: null, fetched: sql`${adds.fetched} + 1` })
      .where(eq(adds.id, id)),
  );

export const endAdd = (state: State, id: AddId, result: ResolvedAdd, endedAt: number) =>
  state.write((transaction) =>
    transaction.update(adds).set({ result, endedAt, fetching: null }).where(eq(adds.id, id)),
  );

/** Forgets adds that began before an instant. */
export const deleteAdds = async (state: State, before: number) => {
  await state.write((transaction) => transaction.delete(adds).where(lt(adds.startedAt, before)));
};
