import { and, asc, eq, isNotNull, sql } from "drizzle-orm";
import { Fault } from "#shared/fault.ts";
import type { SessionId } from "#shared/model.ts";
import { builds, sessionProblems, sessions } from "#shared/state/builds.ts";
import type { Reader } from "#shared/state/state.ts";

/** Builds of a session that are shown at once. */
const page = 500;

/** A session, and its builds by base: a page of those after a base. `next`: the base before the next page, if there is one. */
export const demandSession = async (read: Reader, id: SessionId, after = "") => {
  const session = await read
    .select()
    .from(sessions)
    .where(and(eq(sessions.id, id), isNotNull(sessions.completeAt)))
    .get();
  if (!session) throw noSession();
  const found = await read
    .select({
      id: builds.id,
      pkgbase: builds.pkgbase,
      state: builds.state,
      message: builds.message,
      progress: builds.progress,
      version: builds.version,
      orderedAt: builds.orderedAt,
      startedAt: builds.startedAt,
      endedAt: builds.endedAt,
    })
    .from(builds)
    .where(and(eq(builds.session, id), sql`${builds.pkgbase} > ${after}`))
    .orderBy(asc(builds.pkgbase))
    .limit(page + 1);
  const its = found.slice(0, page);
  const isIts = eq(sessionProblems.session, id);
  const { pkgbase, kind, message } = sessionProblems;
  const problems = await read
    .select({ pkgbase, kind, message })
    .from(sessionProblems)
    .where(isIts)
    .orderBy(asc(pkgbase))
    .limit(mostProblems);
  return {
    session,
    builds: its,
    next: found.length > page ? (its.at(-1)?.pkgbase ?? null) : null,
    problems,
    problemCount: await read.$count(sessionProblems, isIts),
  };
};

/** Problems of one answer. */
const mostProblems = 500;

export type SessionRows = Awaited<ReturnType<typeof demandSession>>;

export const noSession = () => new Fault("missing", "no session has this id");
