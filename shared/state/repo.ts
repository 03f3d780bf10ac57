import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { BuildId, Pkgbase, Pkgname, SourceId } from "#shared/model.ts";

/** What is published of each package. Written by the repo, read by anyone. */
export const publications = sqliteTable("publications", {
  pkgbase: text().$type<Pkgbase>().primaryKey(),
  build: text().$type<BuildId>().notNull(),
  version: text().notNull(),
  srcinfo: text().notNull(),
  pkgbuild: text().notNull(),
  /** The source it was built from; absent where an earlier version of kiln did not record it. */
  source: text().$type<SourceId>(),
  /** Of that source. */
  sourceState: text("source_state").notNull(),
  publishedAt: integer("published_at").notNull(),
});

/** The package files of the current generation. Written by the repo, read by anyone. */
export const artifacts = sqliteTable(
  "artifacts",
  {
    pkgname: text().$type<Pkgname>().primaryKey(),
    pkgbase: text().$type<Pkgbase>().notNull(),
    version: text().notNull(),
    arch: text().notNull(),
    filename: text().notNull(),
    sha256: text().notNull(),
    bytes: integer().notNull(),
    depends: text({ mode: "json" }).$type<readonly string[]>().notNull(),
    provides: text({ mode: "json" }).$type<readonly string[]>().notNull(),
    /** Detached, binary, base64; absent when published unsigned. */
    signature: text(),
    /** The entry of the database, and the blob with that of the files database. */
    desc: text().notNull(),
    filesSha256: text("files_sha256").notNull(),
    /** The frame of the databases that holds the entry. */
    frame: integer().notNull(),
  },
  (artifact) => [
    index("artifacts_by_pkgbase").on(artifact.pkgbase),
    index("artifacts_by_frame").on(artifact.frame),
  ],
);

/** The compressed pieces that the current databases are made of. Written by the repo, read by anyone. */
export const frames = sqliteTable("frames", {
  id: integer().primaryKey({ autoIncrement: true }),
  /** Frames follow one another in this order. */
  firstPkgname: text("first_pkgname").notNull(),
  databaseSha256: text("database_sha256").notNull(),
  databaseBytes: integer("database_bytes").notNull(),
  filesSha256: text("files_sha256").notNull(),
  filesBytes: integer("files_bytes").notNull(),
});

/** Every state the repository was in; the highest number is served. Written by the repo, read by anyone. */
export const generations = sqliteTable("generations", {
  number: integer().primaryKey(),
  databaseSha256: text("database_sha256").notNull(),
  databaseBytes: integer("database_bytes").notNull(),
  filesSha256: text("files_sha256").notNull(),
  filesBytes: integer("files_bytes").notNull(),
  /** Detached, binary, base64; absent when unsigned. */
  databaseSignature: text("database_signature"),
  filesSignature: text("files_signature"),
  /** Whole seconds, and later than that of the generation before: pacman compares nothing finer. */
  modifiedAt: integer("modified_at").notNull(),
  createdAt: integer("created_at").notNull(),
});

/** Package files that are no longer in the repository, served until nobody's database names them. Written by the repo, read by anyone. */
export const retiredFiles = sqliteTable("retired_files", {
  filename: text().primaryKey(),
  sha256: text().notNull(),
  bytes: integer().notNull(),
  /** Detached, binary, base64. */
  signature: text(),
  publishedAt: integer("published_at").notNull(),
  retiredAt: integer("retired_at").notNull(),
});
