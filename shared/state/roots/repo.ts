import { sql } from "drizzle-orm";
import { minutes } from "#shared/time.ts";
import { repoOutbox } from "../recovery.ts";
import { artifacts, frames, generations, retiredFiles } from "../repo.ts";
import type { Root } from "./root.ts";

/** Past generations whose databases are kept whole, the current one counted. */
export const keptDatabases = 3;

/** Milliseconds for which the database of a replaced generation stays for a request that is being made of it. */
const afterReplacement = minutes(60);

const isKeptWhole = (now: number) =>
  sql`(${generations.number} > (select max(number) from generations) - ${keptDatabases}
    or exists (select 1 from generations later
      where later.number = ${generations.number} + 1 and later.created_at > ${now - afterReplacement}))`;

/** The blobs that the repo's tables name. */
export const repoRoots: readonly Root[] = [
  { kind: "repository databases", column: repoOutbox.payload },
  { kind: "published packages", column: artifacts.sha256 },
  { kind: "repository databases", column: artifacts.filesSha256 },
  { kind: "repository databases", column: frames.databaseSha256 },
  { kind: "repository databases", column: frames.filesSha256 },
  { kind: "repository databases", column: generations.databaseSha256, where: isKeptWhole },
  { kind: "repository databases", column: generations.filesSha256, where: isKeptWhole },
  { kind: "packages of earlier builds", column: retiredFiles.sha256 },
];
