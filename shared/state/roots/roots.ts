import type { Blobs } from "#shared/blobs/blobs.ts";
import { Fault } from "#shared/fault.ts";
import type { Reader } from "../state.ts";
import { apiRoots } from "./api.ts";
import { repoRoots } from "./repo.ts";
import { resolverRoots } from "./resolver.ts";
import { type BlobKind, blobKinds, hashesIn, type Root, readRoot } from "./root.ts";
import { readLists, schedulerRoots } from "./scheduler.ts";
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

/** The hashes that a blob holds; undefined where there is no such blob. */
export type ReadList = (sha256: string) => Promise<readonly string[] | undefined>;

/** The hashes of all blobs that the tables name, and the lists that they name, at an instant in milliseconds. */
export const readNamed = async (
  read: Reader,
  readList: ReadList,
  now: number,
): Promise<ReadonlyMap<string, BlobKind>> => {
  const named = new Map<string, BlobKind>();
  const name = (sha256: string, kind: BlobKind) => {
    const known = named.get(sha256);
    if (known === undefined || rankOf(kind) < rankOf(known)) named.set(sha256, kind);
  };
  for (const root of roots)
    for await (const sha256 of readRoot(read, root, now)) name(sha256, root.kind);
  for (const list of await readLists(read))
    for (const sha256 of (await readList(list)) ?? []) name(sha256, "what builds were made from");
  return named;
};

/** Reads lists from the blob store, each once. */
export const listReader = (blobs: Pick<Blobs, "bytes">): ReadList => {
  const known = new Map<string, Promise<readonly string[] | undefined>>();
  const read = async (sha256: string) => {
    const bytes = await blobs.bytes(sha256).catch((error: unknown) => {
      if (error instanceof Fault && error.kind !== "unavailable") return undefined;
      throw error;
    });
    return bytes && [...hashesIn(new TextDecoder().decode(bytes))];
  };
  return (sha256) => {
    const reading = known.get(sha256) ?? read(sha256);
    known.set(sha256, reading);
    return reading;
  };
};

const rankOf = (kind: BlobKind) => blobKinds.indexOf(kind);
