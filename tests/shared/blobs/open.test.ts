import { expect, test } from "vitest";
import { openBlobs } from "#shared/blobs/open.ts";
import { Fault } from "#shared/fault.ts";
import { makeScratch } from "../../support/scratch.ts";

const key = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "s" };

const remote = { cache: { directory: "/nowhere", bytes: 0 }, now: () => 0 };

test.each([
  [
    "/var/lib/blobs",
    key,
    "BLOBS_URL is /var/lib/blobs, expected file:<directory> or s3://<bucket>?endpoint=…",
  ],
  [
    "https://key:secret@s3.example/kiln",
    key,
    "BLOBS_URL is https://s3.example/kiln, expected file:<directory> or s3://<bucket>?endpoint=…",
  ],
  [
    "s3://kiln",
    { AWS_ACCESS_KEY_ID: "a" },
    "BLOBS_URL is s3://…, expected a key in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
  ],
])("%s is refused before anything is asked of it", async (url, credentials, message) => {
  await expect(openBlobs(url, { ...remote, ...credentials })).rejects.toEqual(
    new Fault("invalid", message),
  );
});

test("a bucket is opened without asking it", async () => {
  const blobs = await openBlobs("s3://kiln?endpoint=http://127.0.0.1:1", { ...remote, ...key });

  await expect(blobs.bytes("not a hash")).rejects.toMatchObject({ kind: "invalid" });
});

test("services that ask at once whether blobs can be kept share one probe", async () => {
  await using scratch = await makeScratch();
  const blobs = await openBlobs(`file:${scratch.path}`);

  const [first, second] = [blobs.ping(), blobs.ping()];

  expect(second).toBe(first);
  await first;
});
