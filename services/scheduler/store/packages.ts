import { and, desc, eq, gt, inArray, isNull, ne, notInArray, or, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { SessionId } from "#shared/model.ts";
import { builds, isOfCompleteSession, sessions } from "#shared/state/builds.ts";
import { packages } from "#shared/state/packages.ts";
import { readPages } from "#shared/state/read-pages.ts";
import { artifacts, generations, publications } from "#shared/state/repo.ts";
import { sources } from "#shared/state/sources.ts";
import type { State } from "#shared/state/state.ts";
import { unfinishedStates } from "../unfinished.ts";
import type { Build } from "./builds.ts";

/** The build whose packages are published, and the source that it was made of. */
const publisher = alias(builds, "publisher");
const builtFrom = alias(sources, "built_from");

/** A build's package, and the source that is built; undefined when the package was removed. */
export const findOrdered = async ({ read }: State, { id, pkgbase, session }: Build) => {
  const row = await read
    .select({
      package: packages,
      source: sources,
      force: sessions.force,
      published: {
        state: publications.sourceState,
        version: publications.version,
        pkgrel: publisher.pkgrel,
        snapshotSha256: builtFrom.snapshotSha256,
        commits: builtFrom.commits,
      },
    })
    .from(packages)
    .innerJoin(builds, eq(builds.id, id))
    .leftJoin(sources, eq(sources.id, builds.source))
    .innerJoin(sessions, eq(sessions.id, session))
    .leftJoin(publications, eq(publications.pkgbase, packages.pkgbase))
    .leftJoin(publisher, eq(publisher.id, publications.build))
    .leftJoin(builtFrom, eq(builtFrom.id, publications.source))
    .where(and(eq(packages.pkgbase, pkgbase), isNull(packages.removedAt)))
    .get();
  if (!row) return undefined;
  const { state, version, ...rest } = row.published;
  const published = state === null || version === null ? undefined : { state, version, ...rest };
  return { ...row, published };
};

const isEnabled = and(eq(packages.enabled, true), isNull(packages.removedAt));

/** The schedules of the packages that take part in schedules, each once. */
export const enabledSchedules = async ({ read }: State) =>
  read
    .selectDistinct({ schedule: packages.schedule, devel: packages.devel })
    .from(packages)
    .where(isEnabled);

type Scheduled = Pick<typeof packages.$inferSelect, "pkgbase" | "schedule" | "devel">;

/** The packages that take part in schedules and have no unfinished build of another session, by name. */
export const idlePackages = ({ read }: State, session: SessionId) =>
  readEnabled(
    read,
    notInArray(
      packages.pkgbase,
      read
        .select({ pkgbase: builds.pkgbase })
        .from(builds)
        .where(
          and(
            inArray(builds.state, unfinishedStates),
            ne(builds.session, session),
            isOfCompleteSession(builds),
          ),
        ),
    ),
  );

/** The names of the packages that take part in schedules. */
export const enabledPackages = async ({ read }: State) => {
  const rows = await readEnabled(read, undefined);
  return rows.map(({ pkgbase }) => pkgbase);
};

const readEnabled = (read: State["read"], condition: SQL | undefined) =>
  readPages<Scheduled>((last, limit) =>
    read
      .select({
        pkgbase: packages.pkgbase,
        schedule: packages.schedule,
        devel: packages.devel,
      })
      .from(packages)
      .where(and(isEnabled, condition, last && gt(packages.pkgbase, last.pkgbase)))
      .orderBy(packages.pkgbase)
      .limit(limit),
  );

/** The served generation, undefined before the first. */
export const currentGeneration = async ({ read }: State) =>
  read.select().from(generations).orderBy(desc(generations.number)).limit(1).get();

/** What is published under one of the names, or may provide one of them. */
export const publishedArtifacts = async ({ read }: State, names: readonly string[]) =>
  read
    .select({
      pkgname: artifacts.pkgname,
      version: artifacts.version,
      filename: artifacts.filename,
      sha256: artifacts.sha256,
      bytes: artifacts.bytes,
      depends: artifacts.depends,
      provides: artifacts.provides,
      signature: artifacts.signature,
    })
    .from(artifacts)
    .where(or(sql`${artifacts.pkgname} in ${[...names]}`, providesOneOf(names)));

/** By the name before the first `=`; whether the version will do, who asks decides. */
const providesOneOf = (names: readonly string[]) =>
  sql`(${artifacts.provides} <> '[]' and exists (
    select 1 from json_each(${artifacts.provides}) it
    where substr(it.value, 1, instr(it.value || '=', '=') - 1) in ${[...names]}))`;

export type PublishedArtifact = Awaited<ReturnType<typeof publishedArtifacts>>[number];
