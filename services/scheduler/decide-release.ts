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
 * A build starts when everything it needs was published, no earlier build of its package is unfinished, and its
 * session has a place. The words are serene's.
 */
export const decideRelease = (
  unfinished: readonly Unfinished[],
  needs: ReadonlyMap<BuildId, Need>,
  { places, ignoreFailed }: Terms,
): readonly Step[] => {
  const taken = new Map<SessionId, number>();
  const take = (session: SessionId) => taken.set(session, (taken.get(session) ?? 0) + 1);
  for (const { session, state } of unfinished) if (isActive(state)) take(session);
  const orphans = findOrphans(unfinished);

  const seen = new Set<Pkgbase>();
  return unfinished.flatMap((build): Step[] => {
    const { id, session, pkgbase } = build;
    const follows = seen.has(pkgbase);
    seen.add(pkgbase);
    if (build.state !== "pending" || !build.needs) return [];

    const needed = build.needs.flatMap((need) => needs.get(need) ?? []);
    const failed = ignoreFailed ? undefined : worstOf(needed);
    if (failed) {
      const message = `failed to build dependency ${failed.pkgbase} successfully`;
      return [{ kind: "cancel", id, message }];
    }
    const waitsFor = needed.filter(({ state }) => isUnfinished(state));
    if (orphans.has(id)) {
      const names = waitsFor.map((need) => need.pkgbase).join(", ");
      const message = `package was orphaned in the build process, waiting for ${names}`;
      return [{ kind: "orphan", id, message }];
    }
    if (follows || waitsFor.length > 0 || (taken.get(session) ?? 0) >= places) return [];
    take(session);
    return [{ kind: "start", id }];
  });
};

/** A build that failed itself is named before one that was cancelled for it. */
const worstOf = (needed: readonly Need[]) =>
  needed.find(({ state }) => state === "failure" || state === "fatal") ??
  needed.find(({ state }) => state === "cancelled");

/** Builds that wait only for one another, or for such: nothing will ever start them. */
const findOrphans = (unfinished: readonly Unfinished[]): ReadonlySet<BuildId> => {
  const waiting = new Map(
    unfinished.flatMap(({ id, state, needs }) =>
      state === "pending" && needs && needs.length > 0 ? [[id, needs] as const] : [],
    ),
  );
  const coming = new Set(unfinished.map(({ id }) => id).filter((id) => !waiting.has(id)));
  const settles = (needs: readonly BuildId[]) =>
    needs.some((need) => coming.has(need)) || !needs.some((need) => waiting.has(need));
  for (let before = -1; before !== waiting.size; ) {
    before = waiting.size;
    for (const [id, needs] of [...waiting]) {
      if (!settles(needs)) continue;
      waiting.delete(id);
      coming.add(id);
    }
  }
  return new Set(waiting.keys());
};
