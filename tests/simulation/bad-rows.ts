import type { Random } from "./random.ts";
import type { World } from "./world.ts";

/** A row of a build or rebuild. */
export type BadRow = { readonly pkgbase: string; readonly id: string };

/** A way in which a row that is still needed cannot be read any more, and which rows it may befall. */
type Harm = { readonly find: string; readonly change: (id: string) => string };

const harms: readonly Harm[] = [
  {
    find: "select pkgbase, id from builds where state in ('requested', 'running') and request is not null",
    change: (id) =>
      `update builds set request = json_remove(request, '$.version') where id = '${id}'`,
  },
  {
    find: "select pkgbase, id from builds where state = 'pending'",
    change: (id) => `update builds set needs = 'no JSON' where id = '${id}'`,
  },
  {
    find: "select pkgbase, id from rebuilds where status is null and request is not null",
    change: (id) => `update rebuilds set request = 'no JSON' where id = '${id}'`,
  },
];

/** Makes a row unreadable, and answers which; nothing where there is none to make so. */
export const makeBadRow = ({ kernel, tables }: World, random: Random): BadRow | undefined => {
  const found = harms.flatMap(({ find, change }) =>
    // Safe: each of the queries names these columns, both of them texts.
    (tables.rows(find) as readonly BadRow[]).map((row) => ({ row, sql: change(row.id) })),
  );
  if (found.length === 0) return undefined;
  const { row, sql } = random.pick(found);
  tables.change(sql);
  kernel.trace.add(kernel.clock.now(), "BAD ROW", "-", sql);
  return row;
};
