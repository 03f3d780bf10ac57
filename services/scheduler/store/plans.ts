import { and, eq, gt, sql } from "drizzle-orm";
import type { SessionId } from "#shared/model.ts";
import { planEntries, planNeeds, plans } from "#shared/state/plans.ts";
import { readPages } from "#shared/state/read-pages.ts";
import type { State } from "#shared/state/state.ts";

export const findPlan = ({ read }: State, session: SessionId) =>
  read.select().from(plans).where(eq(plans.session, session)).get();

/** The rows of a plan that is finished. */
export const readPlan = async ({ read }: State, session: SessionId) => {
  const entries = await readPages<Omit<typeof planEntries.$inferSelect, "session">>((last, limit) =>
    read
      .select({
        pkgbase: planEntries.pkgbase,
        source: planEntries.source,
        current: planEntries.current,
        problem: planEntries.problem,
        problemKind: planEntries.problemKind,
        missing: planEntries.missing,
        unbuilt: planEntries.unbuilt,
      })
      .from(planEntries)
      .where(and(eq(planEntries.session, session), last && gt(planEntries.pkgbase, last.pkgbase)))
      .orderBy(planEntries.pkgbase)
      .limit(limit),
  );
  const needs = await readPages<Omit<typeof planNeeds.$inferSelect, "session">>((last, limit) =>
    read
      .select({
        pkgbase: planNeeds.pkgbase,
        needs: planNeeds.needs,
        published: planNeeds.published,
      })
      .from(planNeeds)
      .where(
        and(
          eq(planNeeds.session, session),
          last &&
            sql`(${planNeeds.pkgbase}, ${planNeeds.needs}) > (${last.pkgbase}, ${last.needs})`,
        ),
      )
      .orderBy(planNeeds.pkgbase, planNeeds.needs)
      .limit(limit),
  );
  return { entries, needs };
};
