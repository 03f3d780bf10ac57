import type { Tables } from "../database.ts";
import type { Observer } from "../observer.ts";
import type { Server } from "../server.ts";

/** What is served, built, rebuilt or shown is made of the blobs in these texts. */
const queries = [
  "select sha256 || ' ' || files_sha256 as text from artifacts",
  "select spec as text from packages",
  "select sha256 as text from retired_files",
  "select database_sha256 || ' ' || files_sha256 as text from frames where dropped_in is null",
  `select database_sha256 || ' ' || files_sha256 as text from generations
    where number = (select max(number) from generations)`,
  "select snapshot_sha256 as text from sources",
  "select request as text from builds where ended_at is null and request is not null",
  "select sha256 as text from build_artifacts",
  "select log_sha256 as text from builds where log_sha256 is not null",
  `select srcinfo_sha256 || ' ' || pkgbuild_sha256 as text from builds
    where state in ('publishing', 'success')`,
  `select json_extract(request, '$.source') || json_extract(request, '$.repository.packages') as text
    from builds join publications on publications.build = builds.id where json_valid(request)`,
  "select request as text from rebuilds where ended_at is null and request is not null",
  "select log_sha256 as text from rebuilds where log_sha256 is not null",
];

/** Nothing deletes a blob that a table names, or a message that a service has still to handle. */
export const watchBlobs = (tables: Tables, server: Server, { violated }: Observer) => ({
  deleted(sha256: string) {
    const broken = (where: string) =>
      violated("what is referred to is in the blob store", `${sha256} was deleted, but: ${where}`);
    for (const query of queries)
      if (tables.rows(query).some(({ text }) => String(text).includes(sha256))) broken(query);
    for (const data of server.consumers.waiting()) if (data.includes(sha256)) broken(data);
  },
});
