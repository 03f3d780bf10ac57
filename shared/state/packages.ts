import { and, eq, isNull, or, sql } from "drizzle-orm";
import { integer, type SQLiteColumn, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { SourceSpec } from "#shared/messages/resolve.ts";
import type { MakepkgFlag, Pkgbase } from "#shared/model.ts";
import type { Reader } from "./state.ts";

/** The packages there are: their settings, and where their sources come from. Written by the api, read by anyone. */
export const packages = sqliteTable("packages", {
  /** Rises with every added package: the order of lists. */
  position: integer().primaryKey({ autoIncrement: true }),
  pkgbase: text().$type<Pkgbase>().notNull().unique(),
  spec: text({ mode: "json" }).$type<SourceSpec>().notNull(),
  /** Which rows of `sources` and `source_checks` are this spec's. */
  specHash: text("spec_hash").notNull(),
  addedAt: integer("added_at").notNull(),
  /** Takes part in schedules. */
  enabled: integer({ mode: "boolean" }).notNull(),
  clean: integer({ mode: "boolean" }).notNull(),
  /** Hides the prepare commands. */
  private: integer({ mode: "boolean" }).notNull(),
  /** Pulled in by another package's add. */
  dependency: integer({ mode: "boolean" }).notNull(),
  devel: integer({ mode: "boolean" }).notNull(),
  /** Reads the PKGBUILD even where the source ships a .SRCINFO. */
  srcinfoOverride: integer("srcinfo_override", { mode: "boolean" }).notNull(),
  /** Cron text with seconds; absent: the default. */
  schedule: text(),
  prepare: text(),
  flags: text({ mode: "json" }).$type<readonly MakepkgFlag[]>().notNull(),
  /** Set while the package is being removed: it is gone for readers, its owners' rows are going. */
  removedAt: integer("removed_at"),
});

/** When a package was added, last. Undefined: it is not, or is being removed. */
export const findAddedAt = async (read: Pick<Reader, "select">, pkgbase: Pkgbase) => {
  const row = await read
    .select({ addedAt: packages.addedAt })
    .from(packages)
    .where(and(eq(packages.pkgbase, pkgbase), isNull(packages.removedAt)))
    .get();
  return row?.addedAt;
};

/** Packages that have rows in a table of before they were removed; `orderedAt` is of when a row is. */
export const findOutlived = (
  read: Reader,
  { pkgbase, orderedAt }: { readonly pkgbase: SQLiteColumn; readonly orderedAt: SQLiteColumn },
) => {
  const oldest = sql`(select ${pkgbase} as pkgbase, min(${orderedAt}) as ordered_at
    from ${pkgbase.table} group by ${pkgbase}) as oldest`;
  return read
    .select({ id: sql<Pkgbase>`oldest.pkgbase` })
    .from(oldest)
    .leftJoin(packages, and(sql`${packages.pkgbase} = oldest.pkgbase`, isNull(packages.removedAt)))
    .where(or(isNull(packages.pkgbase), sql`oldest.ordered_at < ${packages.addedAt}`));
};
