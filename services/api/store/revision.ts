import { sql } from "drizzle-orm";
import { generations } from "#shared/state/repo.ts";
import { buildRevisions, packageRevisions } from "#shared/state/revisions.ts";
import type { Reader } from "#shared/state/state.ts";

/**
 * Reads what differs after every write of a package, a build or a publication. What else the API shows never
 * changes while these stay: the source that a package names.
 */
export const revisionReader = (read: Reader) => {
  const query = read
    .select({
      revision: sql<string>`ifnull((select number from ${packageRevisions}), 0)
        || '/' || ifnull((select number from ${buildRevisions}), 0)
        || '/' || ifnull((select max(number) from ${generations}), 0)`,
    })
    .from(sql`(select 1)`)
    .prepare();
  return async () => {
    const row = await query.get();
    return row?.revision ?? "";
  };
};
