import { getTableName } from "drizzle-orm";
import { roots } from "#shared/state/roots/roots.ts";
import type { Tables } from "../database.ts";
import type { Observer } from "../observer.ts";
import type { Server } from "../server.ts";

/** The texts of every column that names blobs, all rows, whether they need their blobs or not. */
const queries = roots.map(({ column }) => {
  const [table, name] = [getTableName(column.table), column.name];
  return { table, query: `select ${name} as text from ${table} where ${name} is not null` };
});

/** Rows that need their blobs for some time only: those of ended builds and rebuilds, and past databases. */
const passing = new Set(["builds", "rebuilds", "rebuild_artifacts", "generations"]);

const current = [
  "select request as text from builds where ended_at is null and request is not null",
  "select request as text from rebuilds where ended_at is null and request is not null",
  `select database_sha256 || ' ' || files_sha256 as text from generations
    where number = (select max(number) from generations)`,
  "select coalesce(log_sha256, '') || ' ' || coalesce(srcinfo_sha256, '') as text from builds",
  `select builds.request ->> '$.source.sha256' as text from builds
    join publications on publications.build = builds.id`,
];

/**
 * What the tables refer to is in the blob store, and what is on its way in a message too: a deleted blob is looked for
 * in both.
 */
export const watchBlobs = (tables: Tables, server: Server, { violated }: Observer) => ({
  deleted(sha256: string) {
    const texts = [
      ...queries.filter(({ table }) => !passing.has(table)).map(({ query }) => query),
      ...current,
    ].flatMap((query) => tables.rows(query).map(({ text }) => ({ where: query, text })));
    for (const { where, text } of texts)
      if (String(text).includes(sha256))
        violated(
          "what is referred to is in the blob store",
          `${sha256} was deleted, but: ${where}`,
        );
    for (const data of server.consumers.waiting())
      if (data.includes(sha256))
        violated("what is referred to is in the blob store", `${sha256} was deleted, but: ${data}`);
  },
});
