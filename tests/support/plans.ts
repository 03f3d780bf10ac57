import type { Bus } from "#shared/bus/bus.ts";
import { planFinished, planRequested } from "#shared/messages/plan.ts";
import type { Pkgbase } from "#shared/model.ts";
import type { State } from "#shared/state/state.ts";
import { seconds } from "#shared/time.ts";
import { readAdded } from "../../services/resolver/store/added.ts";
import {
  type PlanEntry,
  type PlanNeed,
  readOrdered,
  writePlan,
} from "../../services/resolver/store/plans.ts";
import { withoutMessages } from "./rows.ts";

/** In place of a resolver: plans each session by what a package needs, and whether it is up to date. */
export const answerPlans = (
  bus: Bus,
  state: State,
  knownOf: (pkgbase: Pkgbase) => { readonly current: boolean; readonly needs: readonly string[] },
) =>
  bus.consume(
    "resolver",
    planRequested,
    { atOnce: 1, ackWait: seconds(5) },
    async ({ session }) => {
      const ordered = await readOrdered(state.read, session);
      const { packages = [], sources } = ordered ?? {};
      const added = await readAdded(state.read, packages);
      const found = new Map(added.map(({ pkgbase, source }) => [pkgbase, source?.id ?? null]));
      const entries = packages.map(
        (pkgbase): PlanEntry => ({
          pkgbase,
          source: sources?.get(pkgbase) ?? found.get(pkgbase) ?? null,
          current: knownOf(pkgbase).current,
          problem: null,
          problemKind: null,
          missing: [],
          unbuilt: [],
        }),
      );
      const needs = packages.flatMap((pkgbase) =>
        knownOf(pkgbase).needs.map((it): PlanNeed => ({ pkgbase, needs: it, published: false })),
      );
      await writePlan(withoutMessages(state), session, { entries, needs }, 1);
      await bus.publish(planFinished, { session, at: 1 });
    },
  );
