import { eq, sql } from "drizzle-orm";
import { Fault } from "#shared/fault.ts";
import { fieldOf, parseSrcinfo } from "#shared/pacman/srcinfo.ts";
import { sourceKeys } from "#shared/state/source-keys.ts";
import { sources } from "#shared/state/sources.ts";
import type { Reader, State } from "#shared/state/state.ts";

export type KeyRow = typeof sourceKeys.$inferSelect;

export const listSourceKeys = (read: Reader) =>
  read.select().from(sourceKeys).orderBy(sourceKeys.fingerprint);

/** A key that is there already is replaced: a newer copy may expire later. */
export const writeSourceKeys = (state: State, rows: readonly KeyRow[]) =>
  state.write(async (transaction) => {
    for (const row of rows)
      await transaction
        .insert(sourceKeys)
        .values(row)
        .onConflictDoUpdate({ target: sourceKeys.fingerprint, set: row });
  });

/** Answers whether there was one. */
export const deleteSourceKey = (state: State, fingerprint: string) =>
  state.write(async (transaction) => {
    const gone = await transaction
      .delete(sourceKeys)
      .where(eq(sourceKeys.fingerprint, fingerprint))
      .returning({ fingerprint: sourceKeys.fingerprint });
    return gone.length > 0;
  });

/** Whether `validpgpkeys` of any state of a source that is kept names the key. */
export const isNamed = async (read: Reader, fingerprint: string, arch: string) => {
  const rows = await read
    .selectDistinct({ srcinfo: sources.srcinfo })
    .from(sources)
    .where(sql`instr(upper(${sources.srcinfo}), ${fingerprint}) > 0`);
  return rows.some(({ srcinfo }) => keysIn(srcinfo, arch).includes(fingerprint));
};

/** A stored source that cannot be parsed names no key. */
const keysIn = (text: string, arch: string) => {
  try {
    const keys = fieldOf(parseSrcinfo(text), undefined, "validpgpkeys", arch);
    return keys.map((it) => it.toUpperCase());
  } catch (error) {
    if (error instanceof Fault) return [];
    throw error;
  }
};
