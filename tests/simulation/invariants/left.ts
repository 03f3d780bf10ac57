import { getTableName } from "drizzle-orm";
import { all } from "../../../services/all.ts";
import type { Tables } from "../database.ts";
import type { Server } from "../server.ts";

/** Something that has not come to its end. */
export type Left = {
  readonly what: string;
  readonly pkgbase?: string;
  readonly id?: string;
};

/** What is committed and not published. */
const outboxes = all.flatMap(({ recovery }) => (recovery ? getTableName(recovery.outbox) : []));

type Text = Record<"what" | "pkgbase" | "id", string>;

const queries = [
  `select 'build ' || state as what, pkgbase, id from builds
    where state in ('pending', 'requested', 'running', 'publishing')`,
  "select 'rebuild' as what, pkgbase, id from rebuilds where status is null",
  "select 'removal' as what, pkgbase, spec_hash as id from packages where removed_at is not null",
  `select 'build of a removed package' as what, pkgbase, id from builds
    where pkgbase not in (select pkgbase from packages)`,
  `select 'publication of a removed package' as what, pkgbase, build as id from publications
    where pkgbase not in (select pkgbase from packages)`,
  "select 'add' as what, '' as pkgbase, id from add_orders where ended_at is null",
  "select 'sweep' as what, '' as pkgbase, id from sweeps where ended_at is null",
  "select 'session without a plan' as what, '' as pkgbase, id from sessions where planned_at is null",
  ...outboxes.map(
    (table) => `select '${table}' as what, key as pkgbase, message_id as id from ${table}`,
  ),
];

/** All that is to come to an end and has not. */
export const findLeft = (tables: Tables, server: Server): readonly Left[] => [
  // Safe: each of the queries names these columns, all of them texts.
  ...queries.flatMap((query) => tables.rows(query) as readonly Text[]),
  ...server.consumers.unsettled().map((id) => ({ what: "message", id })),
];
