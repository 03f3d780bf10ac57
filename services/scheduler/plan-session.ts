import { publication } from "#shared/bus/declare.ts";
import { chunksOf } from "#shared/in-turns.ts";
import { planRequested, sessionEnded } from "#shared/messages/plan.ts";
import { sayable } from "#shared/messages/reason.ts";
import type { BuildId, SessionId } from "#shared/model.ts";
import { yieldToOthers } from "#shared/pause.ts";
import type { BuildEvent, BuildStep } from "./build-life.ts";
import { atOnce, changeBuildsIn, countEnds } from "./change-build.ts";
import type { Scheduler } from "./context.ts";
import { type Decision, decideSession } from "./decide-session.ts";
import { release } from "./release.ts";
import { unfinishedBuilds } from "./store/builds.ts";
import { findPlan, readPlan } from "./store/plans.ts";
import { insertProblems } from "./store/problems.ts";
import { buildsOf, findSession, isOver, isPlanned, markPlanned } from "./store/sessions.ts";
import { writeBuilds } from "./store/write-builds.ts";

type Planning = { readonly session: SessionId };

/** Applies the finished plan of a session to its builds, and starts those that need nothing. A second call changes nothing. */
export const planSession = (scheduler: Scheduler, { session }: Planning) =>
  scheduler.planning(session, () => planOnce(scheduler, session));

/** A session whose plan is finished is planned; else the plan is requested once more. */
export const requestPlan = async (scheduler: Scheduler, id: SessionId) => {
  const { state } = scheduler;
  const session = await findSession(state, id);
  if (session?.plannedAt !== null || session.announcedAt === null) return;
  if (await findPlan(state, id)) return planSession(scheduler, { session: id });
  await state.write((transaction) =>
    transaction.publish(publication(planRequested, planOf(scheduler, session))),
  );
};

/** What the resolver is to plan. */
export const planOf = (
  { config }: Pick<Scheduler, "config">,
  { id, resolve }: { readonly id: SessionId; readonly resolve: boolean },
) => ({ session: id, resolve: resolve && config.RESOLVE_BUILD_SEQUENCE });

const planOnce = async (scheduler: Scheduler, id: SessionId) => {
  const events = await decide(scheduler, id);
  if (events) await apply(scheduler, id, events);
  await release(scheduler);
};

/** Ends the builds of a session that is not planned yet. */
export const giveUpSession = async (scheduler: Scheduler, id: SessionId, message: string) => {
  const ordered = await buildsOf(scheduler.state, id);
  await apply(
    scheduler,
    id,
    ordered.map((build) => [build.id, { kind: "given-up", message }]),
  );
  await release(scheduler);
};

/** The finished plan of a session cannot be read or applied. */
export const giveUpPlanned = (scheduler: Scheduler, { session }: Planning, error: unknown) =>
  giveUpSession(scheduler, session, error instanceof Error ? error.message : String(error));

type Events = readonly (readonly [BuildId, BuildEvent])[];

const apply = async (scheduler: Scheduler, id: SessionId, events: Events) => {
  const { now, state } = scheduler;
  // A build starts only when its session is planned: the first ones must not start before the last ones are known.
  for (const chunk of chunksOf(events, atOnce)) {
    const some = new Map(chunk);
    const steps = await writeBuilds(state, async (transaction) =>
      (await isPlanned(transaction, id))
        ? new Map<BuildId, BuildStep>()
        : changeBuildsIn(transaction, some, now()),
    );
    countEnds(scheduler, steps);
  }
  await writeBuilds(state, async (transaction) => {
    if (!(await markPlanned(transaction, id, now()))) return;
    if (await isOver(transaction, id))
      await transaction.publish(publication(sessionEnded, { session: id, at: now() }));
  });
};

/** Undefined where there is nothing to plan, or no plan yet. */
const decide = async ({ log, state }: Scheduler, id: SessionId): Promise<Events | undefined> => {
  const session = await findSession(state, id);
  const plan = await findPlan(state, id);
  if (!session || session.plannedAt !== null || !plan) return undefined;
  const ordered = await buildsOf(state, id);
  const { problem } = plan;
  if (problem !== null) return ordered.map((it) => [it.id, { kind: "given-up", message: problem }]);

  const { entries, needs } = await readPlan(state, id);
  await reportProblems({ log, state }, id, entries);
  const elsewhere = (await unfinishedBuilds(state)).filter(
    (build) => build.session !== id && build.orderedAt <= session.orderedAt,
  );
  const terms = {
    force: session.force,
    // A schedule that runs while a server is away would else leave a failed build of every package.
    endsUnlooked: session.reason !== "schedule",
    elsewhere,
  };
  const events: [BuildId, BuildEvent][] = [];
  for (const decided of decideSession(ordered, { entries, needs }, terms)) {
    if (decided) events.push([decided[0], eventOf(decided[1])]);
    if (!decided || events.length % 100 === 0) await yieldToOthers();
  }
  return events;
};

type Entries = Awaited<ReturnType<typeof readPlan>>["entries"];

/** Keeps, with the session, which sources could not be looked at. */
const reportProblems = async (
  { log, state }: Pick<Scheduler, "log" | "state">,
  session: SessionId,
  entries: Entries,
) => {
  const problems = entries.flatMap(({ pkgbase, problem, problemKind }) =>
    problem === null
      ? []
      : [{ session, pkgbase, kind: problemKind ?? "unusable", message: sayable(problem) }],
  );
  for (const { pkgbase, message } of problems)
    log.warn("source not updated", { session, pkgbase, problem: message });
  for (const some of chunksOf(problems, rowsOfWrite))
    await state.write((transaction) => insertProblems(transaction, some));
};

/** Rows of one write. */
const rowsOfWrite = 500;

const eventOf = (decision: Decision): BuildEvent => {
  switch (decision.kind) {
    case "wait":
      return { kind: "planned", needs: decision.needs, source: decision.source };
    case "drop":
      return { kind: "unneeded" };
    case "cancel":
      return { kind: "cancelled", message: decision.message };
    case "unlooked":
      return { kind: "unlooked", message: decision.message };
  }
};
