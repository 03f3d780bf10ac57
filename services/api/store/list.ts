import { and, eq, type SQL, sql } from "drizzle-orm";
import { builds, sessions } from "#shared/state/builds.ts";
import { packages } from "#shared/state/packages.ts";
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
export const newest = sql`(select max(newer.ordered_at) from ${builds} newer where newer.pkgbase = ${packages.pkgbase})`;

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

/** All rows in one value: 1,000 of them take a tenth of the time that they take as rows. */
export const asOne = (row: SQL) => ({ rows: sql<string>`json_group_array(${row})` });

/** Every package with its newest build, in the order they were added. */
export const listPeeks = async (read: Reader): Promise<PeekRow[]> => {
  const all = await read
    .select(asOne(peek))
    .from(packages)
    .leftJoin(publications, eq(publications.pkgbase, packages.pkgbase))
    .leftJoin(builds, and(eq(builds.pkgbase, packages.pkgbase), eq(builds.orderedAt, newest)))
    .leftJoin(sessions, eq(sessions.id, builds.session))
    .where(present)
    .get();
  // Safe: the columns above, of tables whose writers keep to their types.
  const peeks = JSON.parse(all?.rows ?? "[]") as Peek[];
  return peeks.toSorted(([a], [b]) => a - b).map(rowOf);
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

/** The names of what is published, by pkgbase. */
export const listMembers = async (read: Reader) => {
  const all = await read
    .select(asOne(sql`json_array(${artifacts.pkgbase}, ${artifacts.pkgname})`))
    .from(artifacts)
    .get();
  // Safe: two columns that are text and not null.
  const pairs = JSON.parse(all?.rows ?? "[]") as (readonly [pkgbase: string, pkgname: string])[];
  const members = new Map<string, string[]>();
  for (const [pkgbase, pkgname] of pairs.toSorted(([, a], [, b]) => (a < b ? -1 : 1))) {
    const known = members.get(pkgbase);
    if (known) known.push(pkgname);
    else members.set(pkgbase, [pkgname]);
  }
  return members;
};
