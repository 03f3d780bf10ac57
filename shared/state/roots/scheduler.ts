import { and, isNotNull, sql } from "drizzle-orm";
import { buildArtifacts, builds } from "../builds.ts";
import { schedulerOutbox } from "../recovery.ts";
import type { Reader } from "../state.ts";
import type { Root } from "./root.ts";

/** A build that has ended is rebuilt with the packages it was given, but needs no database of that time. */
const withoutDatabases = sql`case
  when ${builds.endedAt} is not null and json_valid(${builds.request})
  then json_remove(${builds.request}, '$.repository.databases')
  else ${builds.request} end`;

/** The blobs that the scheduler's tables name. */
export const schedulerRoots: readonly Root[] = [
  { kind: "what builds were made from", column: schedulerOutbox.payload },
  { kind: "what builds were made from", column: builds.request, text: withoutDatabases },
  { kind: "what builds were made from", column: builds.srcinfoSha256 },
  { kind: "what builds were made from", column: builds.pkgbuildSha256 },
  { kind: "logs", column: builds.logSha256 },
  { kind: "logs", column: builds.clockSha256 },
  { kind: "logs", column: builds.installedSha256 },
  { kind: "packages of earlier builds", column: buildArtifacts.sha256 },
];

/** The blobs that list the packages of kiln's own repository that builds were given, each once. */
export const readLists = async (read: Reader) => {
  const list = sql<string>`json_extract(${builds.request}, '$.repository.list.sha256')`;
  const rows = await read
    .selectDistinct({ list })
    .from(builds)
    .where(and(sql`json_valid(${builds.request})`, isNotNull(list)));
  return rows.map((row) => row.list);
};
