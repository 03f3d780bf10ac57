import { and, asc, eq, isNotNull } from "drizzle-orm";
import { Fault } from "#shared/fault.ts";
import type { SessionId } from "#shared/model.ts";
import { builds, sessions } from "#shared/state/builds.ts";
import type { Reader } from "#shared/state/state.ts";

/** A session, and its builds by base. */
export const demandSession = async (read: Reader, id: SessionId) => {
  const session = await read
    .select()
    .from(sessions)
    .where(and(eq(sessions.id, id), isNotNull(sessions.completeAt)))
    .get();
  if (!session) throw noSession();
  const its = await read
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
    .where(eq(builds.session, id))
    .orderBy(asc(builds.pkgbase));
  return { session, builds: its };
};

export type SessionRows = Awaited<ReturnType<typeof demandSession>>;

export const noSession = () => new Fault("missing", "no session has this id");
