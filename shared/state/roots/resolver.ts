import { officialDatabases, sources } from "../sources.ts";
import type { Root } from "./root.ts";

/** The blobs that the resolver's tables name. */
export const resolverRoots: readonly Root[] = [
  { kind: "sources", column: sources.snapshotSha256 },
  { kind: "official databases", column: officialDatabases.sha256 },
];
