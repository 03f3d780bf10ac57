import type { Reader } from "../state.ts";
import { apiRoots } from "./api.ts";
import { repoRoots } from "./repo.ts";
import { resolverRoots } from "./resolver.ts";
import { type BlobKind, blobKinds, type Root, readRoot } from "./root.ts";
import { schedulerRoots } from "./scheduler.ts";
import { verifierRoots } from "./verifier.ts";

/**
 * Every column that names blobs. A hash travels from a table of an earlier service in this list to one of a later
 * service, and only then leaves the first: so a reader of all of them in this order finds each hash that is named
 * throughout.
 */
export const roots: readonly Root[] = [
  ...apiRoots,
  ...resolverRoots,
  ...schedulerRoots,
  ...repoRoots,
  ...verifierRoots,
];

/** The hashes of all blobs that the tables name, with what each is, at an instant in milliseconds. */
export const readNamed = async (
  read: Reader,
  now: number,
): Promise<ReadonlyMap<string, BlobKind>> => {
  const named = new Map<string, BlobKind>();
  for (const root of roots)
    for await (const sha256 of readRoot(read, root, now)) {
      const known = named.get(sha256);
      if (known === undefined || rankOf(root.kind) < rankOf(known)) named.set(sha256, root.kind);
    }
  return named;
};

const rankOf = (kind: BlobKind) => blobKinds.indexOf(kind);
