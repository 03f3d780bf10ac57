import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Pkgbase, SessionId, SourceId, SourceProblem } from "#shared/model.ts";

/**
 * Plans that are finished; the entries and needs of a plan without a row here are not read.
 * Written by the resolver, read by anyone.
 */
export const plans = sqliteTable("plans", {
  session: text().$type<SessionId>().primaryKey(),
  finishedAt: integer("finished_at").notNull(),
  /** Why the session cannot be planned; absent where it is. */
  problem: text(),
});

/** What is known of each package of a session. Written by the resolver, read by anyone. */
export const planEntries = sqliteTable(
  "plan_entries",
  {
    session: text().$type<SessionId>().notNull(),
    pkgbase: text().$type<Pkgbase>().notNull(),
    /** The source that the plan looked at; absent where the package is not added. */
    source: text().$type<SourceId>(),
    /** The source's state is the one that is published. */
    current: integer({ mode: "boolean" }).notNull(),
    /** Why the source could not be updated; the build takes the last one fetched. */
    problem: text(),
    /** Absent where there is no problem, and in plans of kiln 0.1.0. */
    problemKind: text("problem_kind").$type<SourceProblem["kind"]>(),
    /** Dependencies nothing provides, as .SRCINFO has them. */
    missing: text({ mode: "json" }).$type<readonly string[]>().notNull(),
    /** Of `missing`, those that an added package would provide which was never built. */
    unbuilt: text({ mode: "json" }).$type<readonly string[]>().notNull(),
  },
  (entry) => [primaryKey({ columns: [entry.session, entry.pkgbase] })],
);

/**
 * What must be published before what: direct steps only. A node is a pkgbase that the session or an earlier one builds, or
 * `file/{pkgname}`, a published package that is not being built. Written by the resolver, read by anyone.
 */
export const planNeeds = sqliteTable(
  "plan_needs",
  {
    session: text().$type<SessionId>().notNull(),
    pkgbase: text().notNull(),
    needs: text().notNull(),
    /** A published version of what is needed would do. */
    published: integer({ mode: "boolean" }).notNull(),
  },
  (need) => [primaryKey({ columns: [need.session, need.pkgbase, need.needs] })],
);
