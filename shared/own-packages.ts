import * as v from "valibot";
import type { Blobs } from "./blobs/blobs.ts";
import { type OwnRepository, RepositoryFile } from "./messages/own-repository.ts";

const Files = v.array(RepositoryFile);
type File = v.InferOutput<typeof RepositoryFile>;

/** Keeps the packages that a build needs as one blob, as a message must not grow with their number; null where there are none. */
export const listOwnPackages = async (blobs: Pick<Blobs, "put">, files: readonly File[]) =>
  files.length === 0 ? null : blobs.put(new TextEncoder().encode(JSON.stringify(files)));

/** The packages that a build's own repository holds. `Fault` missing or invalid where their list is lost or damaged. */
export const readOwnPackages = async (
  blobs: Pick<Blobs, "bytes">,
  { list, packages }: Pick<OwnRepository, "list" | "packages">,
): Promise<readonly File[]> =>
  list
    ? v.parse(Files, JSON.parse(new TextDecoder().decode(await blobs.bytes(list.sha256))))
    : packages;
