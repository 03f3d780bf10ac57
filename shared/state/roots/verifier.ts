import { sql } from "drizzle-orm";
import { days } from "#shared/time.ts";
import { rebuildArtifacts, rebuilds } from "../rebuilds.ts";
import { verifierOutbox } from "../recovery.ts";
import type { Root } from "./root.ts";

const isUnfinished = sql`${rebuildArtifacts.rebuild} in (select id from rebuilds where status is null)`;

/** What a rebuild made in the place of what is published now can be looked at for as long as that is published. */
const isOfPublished = sql`${rebuildArtifacts.rebuild} in (
  select rebuilds.id from publications join rebuilds on rebuilds.build = publications.build)`;

/** The blobs that the verifier's tables name. */
export const verifierRoots: readonly Root[] = [
  { kind: "what builds were made from", column: verifierOutbox.payload },
  {
    kind: "what builds were made from",
    column: rebuilds.request,
    // A builder may work on for a while on what was given up.
    where: (now) => sql`(${rebuilds.endedAt} is null or ${rebuilds.endedAt} > ${now - days(1)})`,
  },
  {
    kind: "packages of earlier builds",
    column: rebuildArtifacts.sha256,
    where: () => isUnfinished,
  },
  {
    kind: "packages of earlier builds",
    column: rebuildArtifacts.rebuiltSha256,
    where: () => isOfPublished,
  },
  { kind: "logs", column: rebuilds.logSha256 },
  { kind: "logs", column: rebuilds.clockSha256 },
];
