import { sql } from "drizzle-orm";
import {
  type AnySQLiteColumn,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import type { Payload } from "#shared/bus/declare.ts";
import type { BuildStep, buildRequested } from "#shared/messages/build.ts";
import type { Excerpt, Measurements } from "#shared/messages/facts.ts";
import type {
  BuilderName,
  BuildId,
  Pkgbase,
  SessionId,
  SourceId,
  SourceProblem,
} from "#shared/model.ts";

/** Orders of builds. Written by the scheduler, read by anyone. */
export const sessions = sqliteTable("sessions", {
  id: text().$type<SessionId>().primaryKey(),
  reason: text({ enum: ["webhook", "manual", "schedule", "initial", "unknown"] }).notNull(),
  resolve: integer({ mode: "boolean" }).notNull(),
  force: integer({ mode: "boolean" }).notNull(),
  orderedAt: integer("ordered_at").notNull(),
  /** Absent while the builds of a large order are being written; until then, nothing reads them. 0: not recorded. */
  completeAt: integer("complete_at").default(0),
  /** Absent until all builds are announced, which comes before the plan. 0: not recorded. */
  announcedAt: integer("announced_at").default(0),
  /** Absent until the resolver has said what needs what. */
  plannedAt: integer("planned_at"),
});

/** Sources whose present state a session could not learn. Written by the scheduler, read by anyone. */
export const sessionProblems = sqliteTable(
  "session_problems",
  {
    session: text().$type<SessionId>().notNull(),
    pkgbase: text().$type<Pkgbase>().notNull(),
    kind: text().$type<SourceProblem["kind"]>().notNull(),
    message: text().notNull(),
  },
  (problem) => [primaryKey({ columns: [problem.session, problem.pkgbase] })],
);

/** Every build ever asked for. Written by the scheduler, read by anyone. */
export const builds = sqliteTable(
  "builds",
  {
    id: text().$type<BuildId>().primaryKey(),
    session: text().$type<SessionId>().notNull(),
    pkgbase: text().$type<Pkgbase>().notNull(),
    /** Counts a package's builds from 0, without a gap: serene's clients name a build by it. */
    number: integer().notNull().default(0),
    arch: text().notNull(),
    /** `requested`: waits for a builder. The last four are ends. */
    state: text({
      enum: [
        "pending",
        "requested",
        "running",
        "publishing",
        "success",
        "failure",
        "fatal",
        "cancelled",
      ],
    }).notNull(),
    /** What a person is told of a `fatal` or `cancelled` build. */
    message: text(),
    /** Where a `fatal` build was. */
    progress: text({ enum: ["resolve", "update", "build", "publish", "clean"] }),
    /** The builds of the session that must succeed first. Absent until planned. */
    needs: text({ mode: "json" }).$type<readonly BuildId[]>(),
    /** Everything pinned, as the builder was told it. */
    request: text({ mode: "json" }).$type<Payload<typeof buildRequested>>(),
    /** The source that it builds; absent until the session is planned, unless the order named one. */
    source: text().$type<SourceId>(),
    /** Of that source. */
    sourceState: text("source_state"),
    /** Whether the package is built though its source is up to date, with a pkgrel of its own: what it was built against has changed. */
    renumber: integer({ mode: "boolean" }).notNull().default(false),
    /** What takes the place of the PKGBUILD's pkgrel; absent where the PKGBUILD's own stays. */
    pkgrel: text(),
    /** `[epoch:]pkgver-pkgrel` of what was published. */
    version: text(),
    /** Unique for a pkgbase: clients may name a build by this time. */
    orderedAt: integer("ordered_at").notNull(),
    startedAt: integer("started_at"),
    endedAt: integer("ended_at"),
    /** Who built it. */
    builder: text().$type<BuilderName>(),
    /** The log, zstd. */
    logSha256: text("log_sha256"),
    logBytes: integer("log_bytes"),
    /** Lines of the log, the first of them that say why it failed, and when they were printed. */
    logLines: integer("log_lines"),
    excerpt: text({ mode: "json" }).$type<Excerpt>(),
    clockSha256: text("clock_sha256"),
    /** The steps it took, in order. This and the facts of the log are absent of builds of kiln 0.1.0. */
    steps: text({ mode: "json" }).$type<readonly BuildStep[]>(),
    /** What was installed with its dependencies: zstd of what `pacman -Q` printed. */
    installedSha256: text("installed_sha256"),
    measurements: text({ mode: "json" }).$type<Measurements>(),
    /** What makepkg printed after the build, and the PKGBUILD it built. */
    srcinfoSha256: text("srcinfo_sha256"),
    pkgbuildSha256: text("pkgbuild_sha256"),
  },
  (build) => [
    uniqueIndex("builds_by_pkgbase").on(build.pkgbase, build.orderedAt),
    index("builds_by_session").on(build.session, build.state),
    index("builds_by_state").on(build.state),
    index("builds_by_source").on(build.source),
  ],
);

/** Whether the session of a build is complete. */
export const isOfCompleteSession = (build: { readonly session: AnySQLiteColumn }) =>
  sql`${build.session} not in (select ${sessions.id} from ${sessions} where ${sessions.completeAt} is null)`;

/** What builds made: the record that signing and publishing go by. Written by the scheduler, read by anyone. */
export const buildArtifacts = sqliteTable(
  "build_artifacts",
  {
    build: text().$type<BuildId>().notNull(),
    filename: text().notNull(),
    sha256: text().notNull(),
    bytes: integer().notNull(),
  },
  (artifact) => [
    primaryKey({ columns: [artifact.build, artifact.filename] }),
    index("build_artifacts_by_sha256").on(artifact.sha256),
    index("build_artifacts_by_filename").on(artifact.filename),
  ],
);
