import { integer, sqliteTable } from "drizzle-orm/sqlite-core";

// What was made of tables is outdated when their number has risen. Numbers of the repository are generations.

/** Rises in the same write with every change of packages. Written by the api, read by anyone. */
export const packageRevisions = sqliteTable("package_revisions", {
  /** Always 1. */
  id: integer().primaryKey(),
  number: integer().notNull(),
});

/** Rises in the same write with every change of sessions and builds. Written by the scheduler, read by anyone. */
export const buildRevisions = sqliteTable("build_revisions", {
  /** Always 1. */
  id: integer().primaryKey(),
  number: integer().notNull(),
});
