import * as v from "valibot";
import { type Payload, publication } from "#shared/bus/declare.ts";
import { Fault } from "#shared/fault.ts";
import { chunksOf } from "#shared/in-turns.ts";
import {
  buildPending,
  mostOrdered,
  type orderBuilds as question,
  sessionOrdered,
} from "#shared/messages/build.ts";
import { planRequested } from "#shared/messages/plan.ts";
import { BuildId, type Pkgbase, type SessionId } from "#shared/model.ts";
import { scheduleOf } from "#shared/schedule.ts";
import type { Transaction } from "#shared/state/state.ts";
import { atOnce, changeBuilds } from "./change-build.ts";
import type { Scheduler } from "./context.ts";
import { planOf } from "./plan-session.ts";
import { enabledPackages, idlePackages } from "./store/packages.ts";
import {
  addedAtOf,
  basesIn,
  basesOf,
  buildsOf,
  completeSession,
  deleteAbandoned,
  findSession,
  findSessionIn,
  insertBuilds,
  insertSession,
  markAnnounced,
} from "./store/sessions.ts";
import { writeBuilds } from "./store/write-builds.ts";

type Order = Payload<typeof sessionOrdered>;

type Question = v.InferOutput<(typeof question)["request"]>;

/**
 * Orders a session of builds, or part of it where `more` is to come. The same session ordered again is the same, and goes
 * on where it was left. `Fault` missing, in serene's words, where a package is not added.
 */
export const orderBuilds = async (scheduler: Scheduler, order: Question) => {
  const { session, all, more } = order;
  if (all) {
    // Goes on should this process die.
    await scheduler.state.write((transaction) =>
      transaction.publish(publication(sessionOrdered, order)),
    );
    await writeOrder(scheduler, { ...order, schedules: [] });
  } else if (!(await writePart(scheduler, order, more, demandAdded)) && !more)
    await complete(scheduler, order);
  return { session };
};

/**
 * As `orderBuilds`, for packages that may have been removed since: those are left out. Announces the builds of a large
 * order besides, and has it planned: that takes longer than a caller should wait.
 */
export const orderAdded = async (scheduler: Scheduler, order: Order) => {
  await writeOrder(scheduler, order);
  await announceOrder(scheduler, order.session);
};

const writeOrder = (scheduler: Scheduler, order: Order) =>
  scheduler.ordering(order.session, async () => {
    const names = await namesOf(scheduler, order);
    if (names.length === 0 && order.schedules.length > 0) return;
    for (let start = 0; ; start += mostOrdered) {
      const packages = names.slice(start, start + mostOrdered);
      const more = start > 0 || names.length > mostOrdered;
      if (await writePart(scheduler, { ...order, packages }, more, withoutRemoved)) return;
      if (start + mostOrdered >= names.length) break;
    }
    await complete(scheduler, order);
  });

const namesOf = async (
  { config, state }: Scheduler,
  { session, packages, all, schedules }: Order,
): Promise<readonly Pkgbase[]> => {
  if (all) return [...new Set([...packages, ...(await enabledPackages(state))])];
  if (schedules.length === 0) return packages;
  const due = new Set(schedules);
  const idle = await idlePackages(state, session);
  const scheduled = idle.filter((it) => due.has(scheduleOf(it, config)));
  return [...new Set([...packages, ...scheduled.map(({ pkgbase }) => pkgbase)])];
};

type Choose = (
  wanted: readonly Pkgbase[],
  isAdded: (pkgbase: Pkgbase) => boolean,
) => readonly Pkgbase[];

const demandAdded: Choose = (wanted, isAdded) => {
  const missing = wanted.find((pkgbase) => !isAdded(pkgbase));
  if (missing !== undefined)
    throw new Fault("missing", `package with base ${missing} is not added`);
  return wanted;
};

const withoutRemoved: Choose = (wanted, isAdded) => wanted.filter(isAdded);

type Part = Omit<Order, "all" | "schedules">;

/** Writes builds of a session that are not there yet; a small order is complete with that. Answers whether the session is. */
const writePart = (scheduler: Scheduler, order: Part, more: boolean, choose: Choose) =>
  writeBuilds(scheduler.state, async (transaction) => {
    const { session, reason, resolve, force } = order;
    const there = await findSessionIn(transaction, session);
    if (there && there.completeAt !== null) return true;
    const names = [...new Set(order.packages)].sort();
    const addedAt = await addedAtOf(transaction, names);
    const packages = choose(names, (pkgbase) => addedAt.has(pkgbase));
    const bases = await basesOf(transaction, Object.values(order.sources));
    const lost = packages.find((it) => {
      const source = order.sources[it];
      return source !== undefined && bases.get(source) !== it;
    });
    if (lost !== undefined)
      throw new Fault("missing", `package ${lost} has no source ${order.sources[lost]}`);

    const at = scheduler.now();
    const isWhole = !there && !more;
    const written =
      there ??
      (await insertSession(transaction, {
        id: session,
        reason,
        resolve,
        force,
        orderedAt: at,
        completeAt: isWhole ? at : null,
        announcedAt: isWhole ? at : null,
      }));
    const renumbered = new Set(order.renumber);
    const known = await basesIn(transaction, written, packages);
    const wanted = packages.flatMap((pkgbase) =>
      known.has(pkgbase)
        ? []
        : {
            pkgbase,
            build: v.parse(BuildId, scheduler.newId()),
            source: order.sources[pkgbase] ?? null,
            renumber: renumbered.has(pkgbase),
          },
    );
    await insertBuilds(transaction, {
      session: written,
      wanted,
      addedAt,
      arch: scheduler.config.ARCH,
    });
    if (!isWhole) return false;
    await announce(scheduler, transaction, wanted);
    await transaction.publish(publication(planRequested, planOf(scheduler, written)));
    return true;
  });

/** Makes a session visible that was written part by part, and has its builds announced. */
const complete = async (scheduler: Scheduler, { session, reason, resolve, force }: Part) => {
  await writeBuilds(scheduler.state, async (transaction) => {
    if (!(await completeSession(transaction, session, scheduler.now()))) return;
    await transaction.publish(
      publication(sessionOrdered, { session, packages: [], reason, resolve, force }),
    );
  });
};

/** Announces the builds of a large order, each at least once, and has it planned. */
export const announceOrder = async (scheduler: Scheduler, id: SessionId) => {
  const { now, state } = scheduler;
  const session = await findSession(state, id);
  if (!session || session.completeAt === null || session.announcedAt !== null) return;
  const ordered = await buildsOf(state, id);
  for (const some of chunksOf(ordered, mostOrdered)) {
    const builds = some.map((it) => ({ build: it.id, pkgbase: it.pkgbase }));
    await state.write((transaction) => announce(scheduler, transaction, builds));
  }
  await writeBuilds(state, async (transaction) => {
    if (await markAnnounced(transaction, id, now()))
      await transaction.publish(publication(planRequested, planOf(scheduler, session)));
  });
};

/** Forgets an order that was never complete. Some of its builds may have been announced: those end. */
export const forgetOrder = async (scheduler: Scheduler, id: SessionId) => {
  const ordered = await buildsOf(scheduler.state, id);
  for (const some of chunksOf(ordered, atOnce))
    await changeBuilds(scheduler, new Map(some.map(({ id }) => [id, { kind: "unneeded" }])));
  await writeBuilds(scheduler.state, (transaction) => deleteAbandoned(transaction, id));
};

type Written = { readonly build: BuildId; readonly pkgbase: Pkgbase };

const announce = (
  { config, now }: Scheduler,
  transaction: Transaction,
  builds: readonly Written[],
) => {
  const at = now();
  return transaction.publish(
    ...builds.map(({ build, pkgbase }) =>
      publication(buildPending, { build, pkgbase, arch: config.ARCH, at }),
    ),
  );
};
