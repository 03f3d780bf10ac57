import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { SweepId } from "#shared/model.ts";
import type { BlobKind } from "./roots/root.ts";

/** What blobs of one kind come to. */
export type Usage = {
  readonly kind: BlobKind;
  readonly blobs: number;
  readonly bytes: number;
};

/** Sweeps of the blob store: what each found and deleted. Written by the scheduler, read by anyone. */
export const sweeps = sqliteTable("sweeps", {
  id: text().$type<SweepId>().primaryKey(),
  reason: text({ enum: ["manual", "schedule"] }).notNull(),
  /** It deletes nothing, and counts what it would. */
  dryRun: integer("dry_run", { mode: "boolean" }).notNull(),
  orderedAt: integer("ordered_at").notNull(),
  endedAt: integer("ended_at"),
  /** Why nothing could be deleted then, if so. */
  obstacle: text(),
  /** What was there before. Absent until it has ended. */
  usage: text({ mode: "json" }).$type<readonly Usage[]>(),
  deletedBlobs: integer("deleted_blobs").notNull().default(0),
  deletedBytes: integer("deleted_bytes").notNull().default(0),
});
