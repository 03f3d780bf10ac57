import * as v from "valibot";
import { BlobReference, FileName } from "#shared/model.ts";

export const RepositoryFile = v.object({ filename: FileName, blob: BlobReference });

/** kiln's own repository as one build sees it: a whole generation's databases, the packages it needs. */
export const OwnRepository = v.object({
  name: v.string(),
  generation: v.number(),
  /** With their signatures, under pacman's names. */
  databases: v.array(RepositoryFile),
  /** The packages that the build needs, in requests of kiln 0.1.0; else empty. */
  packages: v.array(RepositoryFile),
  /** The packages that the build needs: JSON, an array of what `packages` had. Null where it needs none. */
  list: v.optional(v.nullable(BlobReference), null),
  /** Armoured; signatures are required when there is one. */
  publicKey: v.nullable(v.string()),
});
export type OwnRepository = v.InferOutput<typeof OwnRepository>;
