import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Payload } from "#shared/bus/declare.ts";
import type { Excerpt } from "#shared/messages/facts.ts";
import type { rebuildRequested, TakenRebuildStep } from "#shared/messages/rebuild.ts";
import type { BuilderName, BuildId, Pkgbase, Pkgname, RebuildId } from "#shared/model.ts";

/** Every independent build of what was published, and what it proved. Written by the verifier, read by anyone. */
export const rebuilds = sqliteTable(
  "rebuilds",
  {
    id: text().$type<RebuildId>().primaryKey(),
    pkgbase: text().$type<Pkgbase>().notNull(),
    arch: text().notNull(),
    /** The build whose packages are rebuilt, and their version. */
    build: text().$type<BuildId>().notNull(),
    version: text().notNull(),
    /** `published`: kiln proves what it ships; `manual`: somebody asked. */
    reason: text({ enum: ["published", "manual"] }).notNull(),
    /** Everything pinned, as the builder was told it. Absent until it was. */
    request: text({ mode: "json" }).$type<Payload<typeof rebuildRequested>>(),
    /** Absent until it has ended. Source of the words: rebuilderd's `BuildStatus`. */
    status: text({ enum: ["GOOD", "BAD", "FAIL"] }),
    /** What differs, or why it could not be carried through. */
    message: text(),
    /** Who did it. */
    builder: text().$type<BuilderName>(),
    /** Rises with every rebuild of a pkgbase. */
    orderedAt: integer("ordered_at").notNull(),
    startedAt: integer("started_at"),
    endedAt: integer("ended_at"),
    /** The log, zstd. */
    logSha256: text("log_sha256"),
    logBytes: integer("log_bytes"),
    /** Lines of the log, the first of them that say why it failed, and when they were printed. */
    logLines: integer("log_lines"),
    excerpt: text({ mode: "json" }).$type<Excerpt>(),
    clockSha256: text("clock_sha256"),
    /** The steps it took, in order. This and the facts of the log are absent of rebuilds of kiln 0.1.0. */
    steps: text({ mode: "json" }).$type<readonly TakenRebuildStep[]>(),
  },
  (rebuild) => [
    index("rebuilds_by_pkgbase").on(rebuild.pkgbase, rebuild.orderedAt),
    index("rebuilds_by_build").on(rebuild.build),
    index("rebuilds_by_status").on(rebuild.status),
  ],
);

/** The packages of each rebuild. Written by the verifier, read by anyone. */
export const rebuildArtifacts = sqliteTable(
  "rebuild_artifacts",
  {
    rebuild: text().$type<RebuildId>().notNull(),
    filename: text().notNull(),
    pkgname: text().$type<Pkgname>().notNull(),
    /** Of what was served when it was ordered. */
    sha256: text().notNull(),
    bytes: integer().notNull(),
    /** Of what the rebuild made; absent where it made none. */
    rebuiltSha256: text("rebuilt_sha256"),
    status: text({ enum: ["GOOD", "BAD", "UNKWN"] }).notNull(),
  },
  (artifact) => [primaryKey({ columns: [artifact.rebuild, artifact.filename] })],
);
