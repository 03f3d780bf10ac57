import { fileURLToPath } from "node:url";
import { Fault } from "#shared/fault.ts";
import { mayRead } from "#shared/runtime.ts";
import type { Blobs } from "./blobs.ts";
import { withheldBlobs } from "./withheld.ts";

/** What a store that is not on this host needs besides its URL. */
export type Remote = {
  readonly AWS_ACCESS_KEY_ID?: string | undefined;
  readonly AWS_SECRET_ACCESS_KEY?: string | undefined;
  readonly AWS_SESSION_TOKEN?: string | undefined;
  /** Where copies are kept, and how many bytes they may take; 0: none are, and `file` has nothing. */
  readonly cache: { readonly directory: string; readonly bytes: number };
  readonly now: () => number;
};

/**
 * Opens the blob store at `file:<directory>`. Nothing is read or written before it is asked for.
 * Its library is loaded here, so that a service without one needs none.
 */
export const openBlobs = async (url: string, _remote?: Remote): Promise<Blobs> => {
  if (!url.startsWith("file:"))
    throw new Fault("invalid", `BLOBS_URL is ${url}, expected file:<directory>`);
  const directory = url.startsWith("file://") ? fileURLToPath(url) : url.slice("file:".length);
  if (!mayRead(directory)) return withheldBlobs(directory);
  const { openDirectory } = await import("./directory.ts");
  return openDirectory(directory);
};
