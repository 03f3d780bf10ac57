import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Public keys that sign sources, as users gave them. Written by the api, read by anyone. */
export const sourceKeys = sqliteTable("source_keys", {
  /** Of the primary key, upper-case hexadecimal. */
  fingerprint: text().primaryKey(),
  /** Without the signatures that others made on it. */
  armoured: text().notNull(),
  /** The key's user ids, one a line. */
  users: text().notNull(),
  addedAt: integer("added_at").notNull(),
});
