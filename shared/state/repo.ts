import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Impact } from "#shared/messages/repo.ts";
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
  /** What this publish meant for clients; absent where an earlier version of kiln did not compute it. */
  impact: text({ mode: "json" }).$type<Impact>(),
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

/** Every name under which a file was ever published, and the file: kept for ever. Written by the repo, read by anyone. */
export const publishedNames = sqliteTable(
  "published_names",
  { filename: text().notNull(), sha256: text().notNull() },
  (name) => [primaryKey({ columns: [name.filename, name.sha256] })],
);

/**
 * The compressed pieces that databases are made of: those of a generation were added in it or before, and dropped after
 * it or not yet. Written by the repo, read by anyone.
 */
export const frames = sqliteTable("frames", {
  id: integer().primaryKey({ autoIncrement: true }),
  /** The first generation that has it, and the first after it that has not. */
  addedIn: integer("added_in").notNull().default(0),
  droppedIn: integer("dropped_in"),
  /** Frames follow one another in this order. */
  firstPkgname: text("first_pkgname").notNull(),
  databaseSha256: text("database_sha256").notNull(),
  databaseBytes: integer("database_bytes").notNull(),
  filesSha256: text("files_sha256").notNull(),
  filesBytes: integer("files_bytes").notNull(),
});

/** States the repository was in; the highest number is served. The files of some past ones are gone. Written by the repo, read by anyone. */
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
