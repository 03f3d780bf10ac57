import { fileURLToPath } from "node:url";
import { Fault } from "#shared/fault.ts";
import { mayRead } from "#shared/runtime.ts";
import { shareFor } from "#shared/single-flight.ts";
import { withoutCredentials } from "#shared/without-credentials.ts";
import type { Blobs } from "./blobs.ts";
import type { Remote } from "./open-s3.ts";
import { withheldBlobs } from "./withheld.ts";

/** For how long a ping that succeeded answers others: each service of a process asks for one at the same time. */
const pinged = 500;

/**
 * Opens the blob store at `file:<directory>` or `s3://<bucket>…`. Nothing is read or written before it is asked for.
 * Its library is loaded here, so that a service without one needs none.
 */
export const openBlobs = async (url: string, remote?: Remote): Promise<Blobs> => {
  const blobs = await openStore(url, remote);
  return { ...blobs, ping: shareFor(pinged, blobs.ping) };
};

const openStore = async (url: string, remote?: Remote): Promise<Blobs> => {
  if (url.startsWith("s3:") && remote) {
    const { openS3 } = await import("./open-s3.ts");
    return openS3(url, remote);
  }
  if (!url.startsWith("file:"))
    throw new Fault(
      "invalid",
      `BLOBS_URL is ${withoutCredentials(url)}, expected file:<directory> or s3://<bucket>?endpoint=…`,
    );
  const directory = url.startsWith("file://") ? fileURLToPath(url) : url.slice("file:".length);
  if (!mayRead(directory)) return withheldBlobs(directory);
  const { openDirectory } = await import("./directory.ts");
  return openDirectory(directory);
};
