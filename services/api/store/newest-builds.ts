import { and, eq, sql } from "drizzle-orm";
import { builds } from "#shared/state/builds.ts";
import { packages } from "#shared/state/packages.ts";
import type { Reader } from "#shared/state/state.ts";
import { asOne, newest } from "./list.ts";
import { present } from "./shown.ts";

type Newest = {
  readonly pkgbase: string;
  readonly state: typeof builds.$inferSelect.state;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
};

/** How the newest build of each package that has one is, or how it went. */
export const listNewestBuilds = async (read: Reader) => {
  const row = sql`json_object(
    'pkgbase', ${packages.pkgbase}, 'state', ${builds.state}, 'startedAt', ${builds.startedAt}, 'endedAt', ${builds.endedAt})`;
  const all = await read
    .select(asOne(row))
    .from(packages)
    .innerJoin(builds, and(eq(builds.pkgbase, packages.pkgbase), eq(builds.orderedAt, newest)))
    .where(present)
    .get();
  // Safe: the columns above, of tables whose writers keep to their types.
  return JSON.parse(all?.rows ?? "[]") as Newest[];
};
