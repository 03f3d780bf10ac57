import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { SourceSpec } from "#shared/messages/resolve.ts";
import type { Pkgbase, SourceId } from "#shared/model.ts";

/** Fetched sources; a package names the one it is built from. Written by the resolver, read by anyone. */
export const sources = sqliteTable(
  "sources",
  {
    id: text().$type<SourceId>().primaryKey(),
    pkgbase: text().$type<Pkgbase>().notNull(),
    spec: text({ mode: "json" }).$type<SourceSpec>().notNull(),
    /** What a build is compared by: up to date means that this text is the published one. */
    state: text().notNull(),
    /** A tar of the files, PKGBUILD at its top. */
    snapshotSha256: text("snapshot_sha256").notNull(),
    snapshotBytes: integer("snapshot_bytes").notNull(),
    srcinfo: text().notNull(),
    /** The package's setting when it was fetched: a shipped .SRCINFO was passed over. */
    srcinfoOverride: integer("srcinfo_override", { mode: "boolean" }).notNull().default(false),
    /** The commit of the files, or the hash they are known by; absent where their spec says it. */
    revision: text(),
    /** Of the files' newest change where the source tells, else of the fetch. */
    changedAt: integer("changed_at").notNull(),
    fetchedAt: integer("fetched_at").notNull(),
  },
  (source) => [
    index("sources_by_pkgbase").on(source.pkgbase),
    index("sources_by_fetched_at").on(source.fetchedAt),
  ],
);

/** The official repositories' databases last fetched. Written by the resolver, read by anyone. */
export const officialDatabases = sqliteTable("official_databases", {
  /** `core`, `extra`, `multilib`. */
  repository: text().primaryKey(),
  url: text().notNull(),
  sha256: text().notNull(),
  bytes: integer().notNull(),
  /** The server's Last-Modified, for the next request. */
  lastModified: text("last_modified"),
  fetchedAt: integer("fetched_at").notNull(),
});
