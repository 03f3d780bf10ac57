import type { BuildId, Pkgbase, SourceId, SourceProblem } from "#shared/model.ts";
import { firstReached, withoutSoftCycles } from "./reach.ts";

/** What the resolver knows of a session's packages, and what must be published before what, in direct steps. */
export type Plan = {
  readonly entries: readonly PlanEntry[];
  /** From and to packages that are coming, and published files between them. */
  readonly needs: readonly PlanNeed[];
};

export type PlanEntry = {
  readonly pkgbase: Pkgbase;
  /** What a build of it is made of; null where there is nothing. */
  readonly source: SourceId | null;
  /** The source's state is the one that is published. */
  readonly current: boolean;
  /** Why it is not known whether the source has a newer state. */
  readonly problem: string | null;
  readonly problemKind: SourceProblem["kind"] | null;
  readonly missing: readonly string[];
  readonly unbuilt: readonly string[];
};

export type PlanNeed = {
  readonly pkgbase: string;
  readonly needs: string;
  /** A published version of what is needed would do. */
  readonly published: boolean;
};

type Ordered = {
  readonly id: BuildId;
  readonly pkgbase: Pkgbase;
  /** Whether to build the package also where its source is up to date. */
  readonly renumber?: boolean;
};

export type Decision =
  | {
      readonly kind: "wait";
      readonly needs: readonly BuildId[];
      /** What it is built from; null where there is nothing. */
      readonly source: SourceId | null;
    }
  | { readonly kind: "drop" }
  | { readonly kind: "cancel"; readonly message: string }
  /** The source could not be looked at, and what is known of it is published already. */
  | { readonly kind: "unlooked"; readonly message: string };

type Terms = {
  /** Builds also what is up to date. */
  readonly force: boolean;
  /** Ends the build of a package whose source could not be looked at, and shows its reason. */
  readonly endsUnlooked: boolean;
  /** Unfinished builds of earlier sessions. */
  readonly elsewhere: readonly Ordered[];
};

/**
 * What becomes of each build of a session, now that it is known what needs what; `undefined` in between, as thousands of
 * builds take long: the caller can let other work run then. A build waits for the builds that it
 * reaches first, over what is published or up to date: those wait for what is behind them. In a cycle nothing waits
 * for what is published in a version that does. As in serene, one package alone is not cancelled for what nobody offers:
 * its build says so better. What it lacks of packages that are added and were never built, its build cannot know.
 */
export function* decideSession(
  ordered: readonly Ordered[],
  { entries, needs }: Plan,
  { force, endsUnlooked, elsewhere }: Terms,
): Generator<readonly [BuildId, Decision] | undefined, void> {
  const planned = new Map(entries.map((it) => [it.pkgbase, it]));
  const isDropped = ({ pkgbase, renumber }: Ordered) =>
    !force && renumber !== true && planned.get(pkgbase)?.current === true;
  const kept = ordered.filter((build) => !isDropped(build));
  const isAlone = kept.length < 2;
  const missing = new Map<string, string>(
    kept.flatMap(({ pkgbase }) => {
      const it = planned.get(pkgbase);
      const lacks = isAlone ? it?.unbuilt : it?.missing;
      return it && lacks && lacks.length > 0 ? [[pkgbase, textOf(it)] as const] : [];
    }),
  );
  const buildsOf = Map.groupBy<string, Ordered>([...elsewhere, ...kept], (it) => it.pkgbase);
  yield;
  const whole = graphOf(needs);
  yield;
  const graph = withoutSoftCycles(whole);
  yield;
  const cancelledBefore =
    missing.size === 0 ? none : firstReached(graph, (node) => missing.has(node));
  yield;
  const buildsBefore = firstReached(graph, (node) => buildsOf.has(node));
  yield;

  const decide = (build: Ordered): Decision => {
    const { pkgbase } = build;
    if (isDropped(build)) {
      const { problem = null, problemKind } = planned.get(pkgbase) ?? {};
      return endsUnlooked && problem !== null && problemKind !== "unfollowed"
        ? { kind: "unlooked", message: problem }
        : { kind: "drop" };
    }
    const lacks = missing.get(pkgbase);
    if (lacks !== undefined) return { kind: "cancel", message: lacks };
    const cancelled = [...cancelledBefore(pkgbase)].sort();
    if (cancelled.length > 0) {
      const message = `dependencies are added but have been cancelled: ${cancelled.join(", ")}`;
      return { kind: "cancel", message };
    }
    const others = [...buildsBefore(pkgbase)].filter((it) => it !== pkgbase);
    const waitsFor = others.flatMap((it) => buildsOf.get(it) ?? []);
    return {
      kind: "wait",
      needs: waitsFor.map(({ id }) => id),
      source: planned.get(pkgbase)?.source ?? null,
    };
  };
  for (const build of ordered) yield [build.id, decide(build)];
}

const none = () => new Set<string>();

const graphOf = (needs: readonly PlanNeed[]) =>
  new Map(
    [...Map.groupBy(needs, ({ pkgbase }) => pkgbase)].map(([pkgbase, its]) => [
      pkgbase,
      its.map(({ needs: to, published }) => ({ to, soft: published })),
    ]),
  );

const textOf = ({ missing, unbuilt }: PlanEntry) =>
  unbuilt[0] === undefined
    ? `missing dependencies: ${missing.join(", ")}`
    : `dependency ${unbuilt[0]} is added but has never built successfully`;
