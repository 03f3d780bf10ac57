import type { SessionInfo } from "#shared/views.ts";
import type { SessionRows } from "./store/sessions.ts";
import { timeOf, viewState } from "./view-build.ts";

export const viewSession = ({
  session,
  builds,
  next,
  problems,
  problemCount,
}: SessionRows): SessionInfo => ({
  session: session.id,
  reason: session.reason,
  ordered: timeOf(session.orderedAt),
  resolve: session.resolve,
  force: session.force,
  builds: builds.map((it) => ({
    base: it.pkgbase,
    build: it.id,
    state: viewState(it).state,
    ordered: timeOf(it.orderedAt),
    started: it.startedAt === null ? null : timeOf(it.startedAt),
    ended: it.endedAt === null ? null : timeOf(it.endedAt),
    version: it.version,
    message: it.message,
  })),
  next,
  problems: problems.map(({ pkgbase, kind, message }) => ({ base: pkgbase, kind, message })),
  problem_count: problemCount,
  planned: session.plannedAt !== null,
});
