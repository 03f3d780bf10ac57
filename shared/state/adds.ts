import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { FaultKind } from "#shared/fault.ts";
import type { ResolvedAdd, SourceSpec } from "#shared/messages/resolve.ts";
import type { AddId, Pkgbase } from "#shared/model.ts";

/** What came of an add in the end. */
export type AddOutcome =
  /** The asked-for package first. */
  | { readonly kind: "added"; readonly names: readonly Pkgbase[] }
  | { readonly kind: "exists" }
  | { readonly kind: "unknown"; readonly name: string; readonly similar?: readonly string[] }
  | { readonly kind: "unmet"; readonly pkgbase: string; readonly missing: readonly string[] }
  | { readonly kind: "unusable"; readonly message: string }
  | { readonly kind: "failed"; readonly fault: FaultKind; readonly message: string };

/** Orders of adds. Written by the api, read by anyone. */
export const addOrders = sqliteTable(
  "add_orders",
  {
    id: text().$type<AddId>().primaryKey(),
    spec: text({ mode: "json" }).$type<SourceSpec>().notNull(),
    /** Takes another source for a package that is there. */
    replace: integer({ mode: "boolean" }).notNull(),
    /** Orders the first builds. */
    build: integer({ mode: "boolean" }).notNull(),
    /** Orders them by their dependencies. */
    resolve: integer({ mode: "boolean" }).notNull(),
    orderedAt: integer("ordered_at").notNull(),
    /** Absent until the add has ended. */
    outcome: text({ mode: "json" }).$type<AddOutcome>(),
    endedAt: integer("ended_at"),
  },
  (add) => [index("add_orders_by_end").on(add.endedAt)],
);

/** How far the resolver is with each add. Written by the resolver, read by anyone. */
export const adds = sqliteTable("adds", {
  id: text().$type<AddId>().primaryKey(),
  /** What is being fetched: a pkgbase, or a URL without credentials. */
  fetching: text(),
  /** Sources that were fetched. */
  fetched: integer().notNull(),
  /** Absent until the resolver is done. */
  result: text({ mode: "json" }).$type<ResolvedAdd>(),
  startedAt: integer("started_at").notNull(),
  endedAt: integer("ended_at"),
});
