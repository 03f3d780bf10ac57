import type * as v from "valibot";
import type { planSession } from "#shared/messages/resolve.ts";
import type { BuildId, Pkgbase } from "#shared/model.ts";

export type Planned = v.InferOutput<(typeof planSession)["answer"]>[number];

type Ordered = { readonly id: BuildId; readonly pkgbase: Pkgbase };

export type Decision =
  | { readonly kind: "wait"; readonly needs: readonly BuildId[] }
  | { readonly kind: "drop" }
  | { readonly kind: "cancel"; readonly message: string };

type Terms = {
  /** Builds also what is up to date. */
  readonly force: boolean;
  /** Unfinished builds of earlier sessions. */
  readonly elsewhere: readonly Ordered[];
};

/**
 * What becomes of each build of a session, now that it is known what needs what.
 * Needs are transitive already, so one pass finds everything behind a cancelled build. As in serene, one package
 * alone is not cancelled for what it lacks: its build says so better.
 */
export const decideSession = (
  ordered: readonly Ordered[],
  plan: readonly Planned[],
  { force, elsewhere }: Terms,
): ReadonlyMap<BuildId, Decision> => {
  const planned = new Map(plan.map((it) => [it.pkgbase, it]));
  const isDropped = ({ pkgbase }: Ordered) => !force && planned.get(pkgbase)?.current === true;
  const kept = ordered.filter((build) => !isDropped(build));
  const missing = new Map(
    kept.length < 2
      ? []
      : kept.flatMap(({ pkgbase }) => {
          const it = planned.get(pkgbase);
          return it && it.missing.length > 0 ? [[pkgbase, textOf(it)] as const] : [];
        }),
  );

  const buildsOf = Map.groupBy([...elsewhere, ...kept], ({ pkgbase }) => pkgbase);
  const decide = (build: Ordered): Decision => {
    if (isDropped(build)) return { kind: "drop" };
    const lacks = missing.get(build.pkgbase);
    if (lacks !== undefined) return { kind: "cancel", message: lacks };
    const needs = planned.get(build.pkgbase)?.needs.filter((need) => need !== build.pkgbase) ?? [];
    const cancelled = needs.filter((need) => missing.has(need)).sort();
    if (cancelled.length > 0) {
      const message = `dependencies are added but have been cancelled: ${cancelled.join(", ")}`;
      return { kind: "cancel", message };
    }
    const waitsFor = needs.flatMap((need) => buildsOf.get(need) ?? []);
    return { kind: "wait", needs: waitsFor.map(({ id }) => id) };
  };
  return new Map(ordered.map((build) => [build.id, decide(build)]));
};

const textOf = ({ missing, unbuilt }: Planned) =>
  unbuilt[0] === undefined
    ? `missing dependencies: ${missing.join(", ")}`
    : `dependency ${unbuilt[0]} is added but has never built successfully`;
