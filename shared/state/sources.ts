import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Pkgbase, SourceId } from "#shared/model.ts";

/** What the AUR says of a package, its times in milliseconds. */
export type AurRecord = {
  readonly maintainer: string | null;
  readonly comaintainers: readonly string[];
  readonly submitter: string | null;
  readonly lastModified: number | null;
  /** Since when somebody has flagged it. */
  readonly outOfDate: number | null;
};

/** The commit that a VCS source of a devel package had. */
export type FollowedCommit = {
  readonly url: string;
  readonly ref: string;
  readonly commit: string;
};

/**
 * Each state of a package's source that was ever fetched. A row is never changed: a plan, a build and a publication
 * name the one that they are of. Written by the resolver, read by anyone.
 */
export const sources = sqliteTable(
  "sources",
  {
    id: text().$type<SourceId>().primaryKey(),
    pkgbase: text().$type<Pkgbase>().notNull(),
    /** Of the spec that it was fetched by, as `packages` has it. */
    specHash: text("spec_hash").notNull(),
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
    /** Of a devel package; absent where they were not recorded. */
    commits: text({ mode: "json" }).$type<readonly FollowedCommit[]>(),
    /** Absent where the source is not the AUR's, or the record was not kept. */
    aur: text({ mode: "json" }).$type<AurRecord>(),
    /** When the recipe's commit was made; without a commit, when the same snapshot was fetched first. */
    changedAt: integer("changed_at").notNull(),
    fetchedAt: integer("fetched_at").notNull(),
  },
  (source) => [
    index("sources_by_pkgbase").on(source.pkgbase, source.fetchedAt),
    index("sources_by_snapshot").on(source.snapshotSha256),
  ],
);

/** The last look at each spec, and the source it found. Written by the resolver, read by anyone. */
export const sourceChecks = sqliteTable(
  "source_checks",
  {
    pkgbase: text().$type<Pkgbase>().notNull(),
    specHash: text("spec_hash").notNull(),
    source: text().$type<SourceId>().notNull(),
    checkedAt: integer("checked_at").notNull(),
    /** Why the last look failed: `source` is then what an earlier one found. */
    problem: text(),
  },
  (check) => [primaryKey({ columns: [check.pkgbase, check.specHash] })],
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
