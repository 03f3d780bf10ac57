import { and, asc, eq, gt, inArray, isNull, sql } from "drizzle-orm";
import { Fault } from "#shared/fault.ts";
import type { Pkgbase } from "#shared/model.ts";
import { builds, isOfCompleteSession } from "#shared/state/builds.ts";
import { packages } from "#shared/state/packages.ts";
import { asOne, readPages, shortRows } from "#shared/state/read-pages.ts";
import { publications } from "#shared/state/repo.ts";
import type { Reader } from "#shared/state/state.ts";

export const present = isNull(packages.removedAt);

/** `similar`: names that are added and may have been meant. */
export const notAdded = (name: string, similar: readonly string[] = []) =>
  new Fault(
    "missing",
    `package with base ${name} is not added${similar.length > 0 ? `; added are ${similar.join(", ")}` : ""}`,
  );

const selectPackages = (read: Reader) =>
  read
    .select({
      package: packages,
      srcinfo: publications.srcinfo,
      version: publications.version,
      /** As serene counts them: each build that there was has its index below it. */
      builds: sql<number>`(select coalesce(max(${builds.number}) + 1, 0) from ${builds}
        where ${builds.pkgbase} = ${packages.pkgbase} and ${isOfCompleteSession(builds)})`,
    })
    .from(packages)
    .leftJoin(publications, eq(publications.pkgbase, packages.pkgbase));

export type PackageRow = Awaited<ReturnType<typeof selectPackages>>[number];

/** In the order of the names; what is not there is left out. */
export const findPackages = async (read: Reader, names: readonly Pkgbase[]) => {
  const rows = await selectPackages(read).where(
    and(inArray(packages.pkgbase, [...names]), present),
  );
  const byName = new Map(rows.map((row) => [row.package.pkgbase, row]));
  return names.flatMap((name) => byName.get(name) ?? []);
};

export const demandPackage = async (read: Reader, name: Pkgbase) => {
  const [row] = await findPackages(read, [name]);
  if (!row) throw notAdded(name);
  return row;
};

/** The names of all packages. */
export const listNames = async (read: Reader) => {
  const { position, pkgbase } = packages;
  const rows = await readPages<readonly [position: number, pkgbase: Pkgbase]>(
    async (last, limit) => {
      const page = read
        .select({ position, pkgbase })
        .from(packages)
        .where(and(present, last && gt(position, last[0])))
        .orderBy(asc(position))
        .limit(limit)
        .as("page");
      const row = sql`json_array(${page.position}, ${page.pkgbase})`;
      const all = await read.select(asOne(row)).from(page).get();
      // Safe: the columns above, of tables whose writers keep to their types.
      const found = JSON.parse(all?.rows ?? "[]") as [number, Pkgbase][];
      return found.toSorted(([a], [b]) => a - b);
    },
    shortRows,
  );
  return rows.map(([, name]) => name);
};

/** The PKGBUILD of what is published. */
export const demandPkgbuild = async (read: Reader, name: Pkgbase) => {
  const row = await read
    .select({ pkgbuild: publications.pkgbuild })
    .from(packages)
    .leftJoin(publications, eq(publications.pkgbase, packages.pkgbase))
    .where(and(eq(packages.pkgbase, name), present))
    .get();
  if (!row) throw notAdded(name);
  if (row.pkgbuild === null)
    throw new Fault("missing", "package was never built and has thus no used package build");
  return row.pkgbuild;
};
