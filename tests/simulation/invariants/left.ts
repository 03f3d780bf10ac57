import type { Tables } from "../database.ts";
import type { Server } from "../server.ts";

/** Something that has not come to its end. */
export type Left = {
  readonly what: string;
  readonly pkgbase?: string;
  readonly id?: string;
};

type Text = Record<"what" | "pkgbase" | "id", string>;

const queries = [
  `select 'build ' || state as what, pkgbase, id from builds
    where state in ('pending', 'requested', 'running', 'publishing')`,
  "select 'rebuild' as what, pkgbase, id from rebuilds where status is null",
  "select 'first build, owed' as what, pkgbase, source as id from packages where owed is not null",
  "select 'removal' as what, pkgbase, source as id from packages where removed_at is not null",
  `select 'build of a removed package' as what, pkgbase, id from builds
    where pkgbase not in (select pkgbase from packages)`,
  `select 'publication of a removed package' as what, pkgbase, build as id from publications
    where pkgbase not in (select pkgbase from packages)`,
  "select 'session without a plan' as what, '' as pkgbase, id from sessions where planned_at is null",
];

/** All that is to come to an end and has not. */
export const findLeft = (tables: Tables, server: Server): readonly Left[] => [
  // Safe: each of the queries names these columns, all of them texts.
  ...queries.flatMap((query) => tables.rows(query) as readonly Text[]),
  ...server.consumers.unsettled().map((id) => ({ what: "message", id })),
];
