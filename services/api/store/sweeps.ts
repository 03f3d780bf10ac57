import { desc, eq } from "drizzle-orm";
import { Fault } from "#shared/fault.ts";
import type { SweepId } from "#shared/model.ts";
import type { Reader } from "#shared/state/state.ts";
import { sweeps } from "#shared/state/sweeps.ts";

export type SweepRow = typeof sweeps.$inferSelect;

/** All that are remembered, newest first. */
export const listSweeps = (read: Reader) =>
  read.select().from(sweeps).orderBy(desc(sweeps.orderedAt));

export const demandSweep = async (read: Reader, id: SweepId) => {
  const row = await read.select().from(sweeps).where(eq(sweeps.id, id)).get();
  if (!row) throw new Fault("missing", `no sweep ${id}`);
  return row;
};
