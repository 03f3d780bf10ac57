import { Fault } from "#shared/fault.ts";
import type { Blobs } from "./blobs.ts";

/** In the place of a directory that this process may not read: whoever wants a blob of it is refused. */
export const withheldBlobs = (directory: string): Blobs => {
  const refuse = () => {
    throw new Fault(
      "unavailable",
      `files lie in ${directory}, which may not be read here: set BLOBS_URL to an s3://… that all services share`,
    );
  };
  const refuseLater = async () => refuse();
  return {
    put: refuseLater,
    bytes: refuseLater,
    read: refuseLater,
    has: refuseLater,
    file: refuseLater,
    placeOf: refuse,
    list: refuse,
    delete: refuseLater,
    // What needs none of them works.
    ping: async () => {},
  };
};
