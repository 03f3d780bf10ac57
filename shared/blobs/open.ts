import { fileURLToPath } from "node:url";
import { Fault } from "#shared/fault.ts";
import type { Blobs } from "./blobs.ts";

/** Opens the blob store at `file:<directory>`. Its library is loaded here, so that a service without one needs none. */
export const openBlobs = async (url: string): Promise<Blobs> => {
  if (!url.startsWith("file:"))
    throw new Fault("invalid", `BLOBS_URL is ${url}, expected file:<directory>`);
  const { openDirectory } = await import("./directory.ts");
  const directory = url.startsWith("file://") ? fileURLToPath(url) : url.slice("file:".length);
  return openDirectory(directory);
};
