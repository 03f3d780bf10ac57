import { getTableColumns, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Statements } from "./state.ts";

/**
 * Inserts rows that all have the same keys by one statement with one parameter, whatever their number: drizzle takes 25
 * ms to build a statement for 500 rows of a wide table, and SQLite as long to parse it. A row whose key is there already
 * is left out.
 */
export const insertRows = async <T extends SQLiteTable>(
  transaction: Pick<Statements, "insert">,
  table: T,
  rows: readonly T["$inferInsert"][],
) => {
  const [first] = rows;
  if (!first) return;
  const columns = Object.entries(getTableColumns(table));
  const encoded = rows.map((row) =>
    Object.fromEntries(
      columns.flatMap(([key, column]) => {
        const value: unknown = Reflect.get(row, key);
        if (value === undefined) return [];
        return [[key, value === null ? null : column.mapToDriverValue(value)]];
      }),
    ),
  );
  const columnOf = ([key, column]: (typeof columns)[number]): SQL =>
    key in first ? sql`value ->> ${`$.${key}`}` : sql`${column.default ?? null}`;
  const values = sql.join(columns.map(columnOf), sql`, `);
  await transaction
    .insert(table)
    .select(sql`select ${values} from json_each(${JSON.stringify(encoded)}) where true`)
    .onConflictDoNothing();
};
