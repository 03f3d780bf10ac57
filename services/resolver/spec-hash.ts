import { createHash } from "node:crypto";
import type { SourceSpec } from "#shared/messages/resolve.ts";

/** Names a spec in tables: equal specs have equal hashes. */
export const specHashOf = (spec: SourceSpec): string =>
  createHash("sha256")
    .update(JSON.stringify(Object.entries(spec).toSorted(([a], [b]) => (a < b ? -1 : 1))))
    .digest("hex");
