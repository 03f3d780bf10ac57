import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Orders that came with an `Idempotency-Key`, and what they were answered. Written by the api, read by anyone. */
export const orderKeys = sqliteTable(
  "order_keys",
  {
    key: text().primaryKey(),
    /** A hash of the method, the path and the body. */
    request: text().notNull(),
    orderedAt: integer("ordered_at").notNull(),
    /** Of the answer, as are the next two; absent until there is one that another try would not change. */
    status: integer(),
    mediaType: text("media_type"),
    body: text(),
  },
  (order) => [index("order_keys_by_time").on(order.orderedAt)],
);
