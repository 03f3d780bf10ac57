import { and, eq, gt, sql } from "drizzle-orm";
import { builds, sessions } from "#shared/state/builds.ts";
import { packages } from "#shared/state/packages.ts";
import { asOne, readPages } from "#shared/state/read-pages.ts";
import { artifacts, publications } from "#shared/state/repo.ts";
import type { Reader } from "#shared/state/state.ts";
import type { ShownBuild } from "../view-build.ts";
import { present } from "./shown.ts";

export type PeekRow = {
  readonly base: string;
  readonly addedAt: number;
  readonly enabled: boolean;
  readonly devel: boolean;
  /** The version that is published. */
  readonly published: string | null;
  /** The newest. */
  readonly build: ShownBuild | null;
};

/** When the newest build of a package was ordered. */
export const newest = sql`(select max(newer.ordered_at) from ${builds} newer where newer.pkgbase = ${packages.pkgbase}
  and newer.session not in (select incomplete.id from ${sessions} incomplete where incomplete.complete_at is null))`;

const peek = sql`json_array(
  ${packages.position}, ${packages.pkgbase}, ${packages.addedAt}, ${packages.enabled}, ${packages.devel},
  ${publications.version}, ${builds.state}, ${builds.message}, ${builds.progress}, ${sessions.reason},
  ${builds.version}, ${builds.orderedAt}, ${builds.endedAt}, json(${builds.measurements}))`;

type Peek = readonly [
  position: number,
  base: string,
  addedAt: number,
  enabled: 0 | 1,
  devel: 0 | 1,
  published: string | null,
  state: ShownBuild["state"] | null,
  message: string | null,
  progress: ShownBuild["progress"],
  reason: ShownBuild["reason"],
  version: string | null,
  orderedAt: number,
  endedAt: number | null,
  measurements: ShownBuild["measurements"],
];

/** The packages of one page, those that were added first before the others. */
export const pageOfPackages = (read: Reader, after: number | undefined, limit: number) =>
  read
    .select({ position: packages.position })
    .from(packages)
    .where(and(present, after === undefined ? undefined : gt(packages.position, after)))
    .orderBy(packages.position)
    .limit(limit)
    .as("page");

/** Every package with its newest build, in the order they were added. */
export const listPeeks = async (read: Reader): Promise<PeekRow[]> => {
  const peeks = await readPages<Peek>(async (last, limit) => {
    const page = pageOfPackages(read, last?.[0], limit);
    const all = await read
      .select(asOne(peek))
      .from(page)
      .innerJoin(packages, eq(packages.position, page.position))
      .leftJoin(publications, eq(publications.pkgbase, packages.pkgbase))
      .leftJoin(builds, and(eq(builds.pkgbase, packages.pkgbase), eq(builds.orderedAt, newest)))
      .leftJoin(sessions, eq(sessions.id, builds.session))
      .get();
    // Safe: the columns above, of tables whose writers keep to their types.
    return (JSON.parse(all?.rows ?? "[]") as Peek[]).toSorted(([a], [b]) => a - b);
  });
  return peeks.map(rowOf);
};

const rowOf = ([, base, addedAt, enabled, devel, published, state, ...build]: Peek): PeekRow => {
  const [message, progress, reason, version, orderedAt, endedAt, measurements] = build;
  return {
    base,
    addedAt,
    enabled: enabled === 1,
    devel: devel === 1,
    published,
    build: state && {
      state,
      message,
      progress,
      reason,
      version,
      orderedAt,
      endedAt,
      measurements,
    },
  };
};

type Member = readonly [pkgbase: string, pkgname: string];

/** The names of what is published, by pkgbase. */
export const listMembers = async (read: Reader) => {
  const pairs = await readPages<Member>(async (last, limit) => {
    const page = read
      .select({ pkgbase: artifacts.pkgbase, pkgname: artifacts.pkgname })
      .from(artifacts)
      .where(last && gt(artifacts.pkgname, sql`${last[1]}`))
      .orderBy(artifacts.pkgname)
      .limit(limit)
      .as("page");
    const all = await read
      .select(asOne(sql`json_array(${page.pkgbase}, ${page.pkgname})`))
      .from(page)
      .get();
    // Safe: two columns that are text and not null.
    const rows = JSON.parse(all?.rows ?? "[]") as Member[];
    return rows.toSorted(([, a], [, b]) => (a < b ? -1 : 1));
  });
  const members = new Map<string, string[]>();
  for (const [pkgbase, pkgname] of pairs) {
    const known = members.get(pkgbase);
    if (known) known.push(pkgname);
    else members.set(pkgbase, [pkgname]);
  }
  return members;
};
