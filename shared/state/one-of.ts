import { type SQLWrapper, sql } from "drizzle-orm";

/** Whether a column has one of hundreds of texts: one parameter, where drizzle's `inArray` has one for each. */
export const isOneOf = (column: SQLWrapper, texts: readonly string[]) =>
  sql`${column} in (select value from json_each(${JSON.stringify(texts)}))`;
