import { and, eq, sql } from "drizzle-orm";
import { builds } from "#shared/state/builds.ts";
import { packages } from "#shared/state/packages.ts";
import { asOne, readPages } from "#shared/state/read-pages.ts";
import type { Reader } from "#shared/state/state.ts";
import { newest, pageOfPackages } from "./list.ts";

type Newest = {
  readonly position: number;
  readonly pkgbase: string;
  readonly state: typeof builds.$inferSelect.state;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
};

/** How the newest build of each package that has one is, or how it went. */
export const listNewestBuilds = async (read: Reader) => {
  const row = sql`json_object(
    'position', ${packages.position}, 'pkgbase', ${packages.pkgbase}, 'state', ${builds.state},
    'startedAt', ${builds.startedAt}, 'endedAt', ${builds.endedAt})`;
  const rows = await readPages<PackageRow>(async (last, limit) => {
    const page = pageOfPackages(read, last?.position, limit);
    const all = await read
      .select(asOne(row))
      .from(page)
      .innerJoin(packages, eq(packages.position, page.position))
      .leftJoin(builds, and(eq(builds.pkgbase, packages.pkgbase), eq(builds.orderedAt, newest)))
      .get();
    // Safe: the columns above, of tables whose writers keep to their types.
    return (JSON.parse(all?.rows ?? "[]") as PackageRow[]).toSorted(
      (a, b) => a.position - b.position,
    );
  });
  return rows.filter((it): it is Newest => it.state !== null);
};

/** The state is null where the package has no build. */
type PackageRow = Omit<Newest, "state"> & { readonly state: Newest["state"] | null };
