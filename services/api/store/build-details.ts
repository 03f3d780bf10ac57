import { and, desc, eq, lt } from "drizzle-orm";
import type { BuildId, Pkgbase } from "#shared/model.ts";
import { builds, isOfCompleteSession, sessions } from "#shared/state/builds.ts";
import type { Reader } from "#shared/state/state.ts";
import { columns, noBuild } from "./builds.ts";

const select = (read: Reader) =>
  read
    .select({
      ...columns,
      pkgbase: builds.pkgbase,
      number: builds.number,
      builder: builds.builder,
      steps: builds.steps,
      excerpt: builds.excerpt,
      logBytes: builds.logBytes,
      logLines: builds.logLines,
    })
    .from(builds)
    .leftJoin(sessions, eq(sessions.id, builds.session));

export type DetailsRow = Awaited<ReturnType<typeof select>>[number];

/** The newest first, of those ordered before an instant, or of all. */
export const listDetails = (
  read: Reader,
  pkgbase: Pkgbase,
  { before, limit }: { readonly before: number | undefined; readonly limit: number },
) =>
  select(read)
    .where(
      and(
        eq(builds.pkgbase, pkgbase),
        isOfCompleteSession(builds),
        before === undefined ? undefined : lt(builds.orderedAt, before),
      ),
    )
    .orderBy(desc(builds.orderedAt))
    .limit(limit);

export const demandDetails = async (read: Reader, id: BuildId) => {
  const row = await select(read).where(eq(builds.id, id)).get();
  if (!row) throw noBuild();
  return row;
};
