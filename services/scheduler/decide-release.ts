import type { BuildId, Pkgbase, SessionId } from "#shared/model.ts";
import { isActive, isUnfinished } from "./unfinished.ts";

export type Unfinished = {
  readonly id: BuildId;
  readonly session: SessionId;
  readonly pkgbase: Pkgbase;
  readonly state: string;
  /** Absent until the session is planned. */
  readonly needs: readonly BuildId[] | null;
};

/** A build that others need; one that is gone had nothing to do. */
export type Need = { readonly pkgbase: Pkgbase; readonly state: string };

type Terms = {
  /** Builds one session may have at work. */
  readonly places: number;
  /** Builds also what waits for a build that failed. */
  readonly ignoreFailed: boolean;
};

export type Step =
  | { readonly kind: "start"; readonly id: BuildId }
  | { readonly kind: "cancel"; readonly id: BuildId; readonly message: string }
  | { readonly kind: "orphan"; readonly id: BuildId; readonly message: string };

/**
 * What is to be done with the pending builds now, of all `unfinished` in the order they were asked for.
 * A build starts when everything it needs was published, no other build of its package is at work or was asked for
 * earlier, and its session has a place. `needs` may be direct or transitive: a failure cancels whatever waits for it
 * over any number of steps. The words are serene's.
 */
export const decideRelease = (
  unfinished: readonly Unfinished[],
  needs: ReadonlyMap<BuildId, Need>,
  { places, ignoreFailed }: Terms,
): readonly Step[] => {
  const active = unfinished.filter(({ state }) => isActive(state));
  const taken = new Map<SessionId, number>();
  const take = (session: SessionId) => taken.set(session, (taken.get(session) ?? 0) + 1);
  for (const { session } of active) take(session);
  const waiting = unfinished.filter(isWaiting);
  const dependents = dependentsOf(waiting);
  const failures = ignoreFailed ? nothing : findFailures(waiting, needs, dependents);
  const orphans = findOrphans(unfinished, waiting, dependents);
  const waitingById = new Map(waiting.map((build) => [build.id, build]));

  const seen = new Set<Pkgbase>(active.map(({ pkgbase }) => pkgbase));
  return unfinished.flatMap((build): Step[] => {
    const { id, session, pkgbase } = build;
    const follows = seen.has(pkgbase);
    seen.add(pkgbase);
    if (!isPlanned(build)) return [];

    const failed = failures.get(id);
    if (failed) {
      const message = `failed to build dependency ${failed.pkgbase} successfully`;
      return [{ kind: "cancel", id, message }];
    }
    const waitsFor = (need: BuildId) => isUnfinished(needs.get(need)?.state ?? "");
    if (orphans.has(id)) {
      const names = build.needs.filter(waitsFor).map((need) => needs.get(need)?.pkgbase);
      const circle = describeCircle(circleFrom(build, waitingById));
      const message = `package was orphaned in the build process, waiting for ${names.join(", ")}: ${circle}`;
      return [{ kind: "orphan", id, message }];
    }
    if (follows || build.needs.some(waitsFor) || (taken.get(session) ?? 0) >= places) return [];
    take(session);
    return [{ kind: "start", id }];
  });
};

type Planned = Unfinished & { readonly needs: readonly BuildId[] };

const isPlanned = (build: Unfinished): build is Planned =>
  build.state === "pending" && build.needs !== null;

const isWaiting = (build: Unfinished): build is Planned =>
  isPlanned(build) && build.needs.length > 0;

const nothing: ReadonlyMap<BuildId, Need> = new Map();

/** The builds that wait for each build. */
const dependentsOf = (waiting: readonly Planned[]): ReadonlyMap<BuildId, readonly BuildId[]> => {
  const dependents = new Map<BuildId, BuildId[]>();
  for (const { id, needs } of waiting)
    for (const need of needs) {
      const known = dependents.get(need);
      if (known) known.push(id);
      else dependents.set(need, [id]);
    }
  return dependents;
};

const failedStates: readonly ReadonlySet<string>[] = [
  new Set(["failure", "fatal"]),
  new Set(["cancelled"]),
];

/**
 * For each build that waits for one that failed, over any number of steps, the build that failed: one that failed
 * itself before one that was cancelled for it, and a direct need before those further away.
 */
const findFailures = (
  waiting: readonly Planned[],
  needs: ReadonlyMap<BuildId, Need>,
  dependents: ReadonlyMap<BuildId, readonly BuildId[]>,
): ReadonlyMap<BuildId, Need> => {
  const failures = new Map<BuildId, Need>();
  for (const states of failedStates) {
    const failed = new Map<BuildId, Need>();
    for (const [id, need] of needs) if (states.has(need.state)) failed.set(id, need);
    if (failed.size === 0) continue;
    const reached: [BuildId, Need][] = [];
    const reach = (id: BuildId, need: Need) => {
      if (failures.has(id)) return;
      failures.set(id, need);
      reached.push([id, need]);
    };
    for (const { id, needs: its } of waiting) {
      const need = failed.get(its.find((it) => failed.has(it)) ?? id);
      if (need) reach(id, need);
    }
    for (const [id, need] of reached)
      for (const dependent of dependents.get(id) ?? []) reach(dependent, need);
  }
  return failures;
};

/** Builds that wait only for one another, or for such: nothing will ever start them. */
const findOrphans = (
  unfinished: readonly Unfinished[],
  waiting: readonly Planned[],
  dependents: ReadonlyMap<BuildId, readonly BuildId[]>,
): ReadonlySet<BuildId> => {
  const orphans = new Set(waiting.map(({ id }) => id));
  const coming = new Set(unfinished.flatMap(({ id }) => (orphans.has(id) ? [] : [id])));
  const settled: BuildId[] = [];
  const settle = (id: BuildId) => {
    if (orphans.delete(id)) settled.push(id);
  };
  const first = waiting.filter(
    ({ needs }) =>
      needs.some((need) => coming.has(need)) || !needs.some((need) => orphans.has(need)),
  );
  for (const { id } of first) settle(id);
  for (const id of settled) for (const dependent of dependents.get(id) ?? []) settle(dependent);
  return orphans;
};

/** Builds that each need the next, and the last the first, found from one that waits for such. */
const circleFrom = (build: Planned, waiting: ReadonlyMap<BuildId, Planned>): readonly Planned[] => {
  const path = [build];
  for (;;) {
    const need = path.at(-1)?.needs.find((it) => waiting.has(it));
    const next = need === undefined ? undefined : waiting.get(need);
    if (!next) return [];
    const start = path.indexOf(next);
    if (start !== -1) return path.slice(start);
    path.push(next);
  }
};

/** The message about a circle lists at most so many needs. */
const told = 8;

const describeCircle = (circle: readonly Planned[]) => {
  const needs = circle.map(
    ({ pkgbase }, index) => `${pkgbase} needs ${circle[(index + 1) % circle.length]?.pkgbase}`,
  );
  const [shown, rest] = [needs.slice(0, told).join(", "), needs.length - told];
  const all = rest > 0 ? `${shown} and ${rest} more such needs` : shown;
  return `${all}, so none of them can be built first; take one of these dependencies out of its recipe, for instance a checkdepends`;
};
