import { Fault } from "#shared/fault.ts";
import { mayRead } from "#shared/runtime.ts";
import type { Blobs } from "./blobs.ts";
import { openBucket, openWithoutFiles } from "./bucket.ts";
import { openObjects } from "./objects.ts";
import { connectS3 } from "./s3.ts";
import { parseS3Url } from "./s3-url.ts";

/** What a store that is not on this host needs besides its URL. */
export type Remote = {
  readonly AWS_ACCESS_KEY_ID?: string | undefined;
  readonly AWS_SECRET_ACCESS_KEY?: string | undefined;
  readonly AWS_SESSION_TOKEN?: string | undefined;
  /** Where copies are kept, and how many bytes they may take; 0: none are, and `file` has nothing. */
  readonly cache: { readonly directory: string; readonly bytes: number };
  readonly now: () => number;
};

/** Keeps copies where this process may have files. */
export const openS3 = async (url: string, remote: Remote): Promise<Blobs> => {
  const place = parseS3Url(url);
  const objects = openObjects(connectS3(place, credentialsOf(remote)), place);
  const bucket = openBucket(objects);
  const { cache, now } = remote;
  if (cache.bytes === 0 || !mayRead(cache.directory)) return openWithoutFiles(bucket, objects);

  const [{ openCopies }, { openUpload }, { openWithCopies }] = await Promise.all([
    import("./copies.ts"),
    import("./upload.ts"),
    import("./with-copies.ts"),
  ]);
  return openWithCopies(bucket, openCopies(cache.directory, cache.bytes, now), openUpload(objects));
};

const credentialsOf = (remote: Remote) => {
  const accessKeyId = remote.AWS_ACCESS_KEY_ID;
  const secretAccessKey = remote.AWS_SECRET_ACCESS_KEY;
  const sessionToken = remote.AWS_SESSION_TOKEN;
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new Fault(
      "invalid",
      "BLOBS_URL is s3://…, expected a key in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    );
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
};
