import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { openBlobs } from "#shared/blobs/open.ts";
import { minutes } from "#shared/time.ts";
import {
  collect,
  content,
  hashOf,
  inPieces,
  sha256,
  testBlobs,
} from "../support/blobs-contract.ts";
import { runScript } from "../support/child.ts";
import { flipBit } from "../support/flip-bit.ts";
import { startS3 } from "../support/s3.ts";
import { makeScratch } from "../support/scratch.ts";

const setup = async () => {
  const s3 = await startS3(inject("versitygw"));
  const remote = s3.remote();
  const open = (bytes?: number) => openBlobs(s3.url, s3.remote(bytes));
  const blobs = await openBlobs(s3.url, remote);
  const objectOf = (sha256: string) => join(s3.objects, sha256.slice(0, 2), sha256);
  return {
    s3,
    remote,
    blobs,
    objectOf,
    elsewhere: () => open(),
    withoutFiles: () => open(0),
    names: async () =>
      existsSync(s3.objects)
        ? (await readdir(s3.objects, { recursive: true, withFileTypes: true }))
            .filter((entry) => entry.isFile())
            .map(({ name }) => name)
        : [],
    date: (sha256: string, putAt: number) => utimes(objectOf(sha256), putAt / 1_000, putAt / 1_000),
    async damage(sha256: string) {
      await flipBit(objectOf(sha256));
      const copy = blobs.placeOf(sha256);
      if (existsSync(copy)) await flipBit(copy);
    },
    [Symbol.asyncDispose]: () => s3[Symbol.asyncDispose](),
  };
};

testBlobs(setup);

test("what is larger than a part goes in parts, and comes out as it was", async () => {
  await using store = await setup();
  const large = randomBytes(40 * 1024 ** 2);

  const reference = await store.blobs.put(
    inPieces(large.subarray(0, 9_999_999), large.subarray(9_999_999)),
  );

  const { path } = await (await store.elsewhere()).file(reference.sha256);
  expect(reference).toEqual({ sha256: hashOf(large), bytes: large.byteLength });
  expect(hashOf(await readFile(path))).toBe(reference.sha256);
});

test(
  "what is larger than memory should be is never in memory as a whole",
  async () => {
    await using s3 = await startS3(inject("versitygw"));
    await using scratch = await makeScratch();
    const key = [s3.credentials.AWS_ACCESS_KEY_ID, s3.credentials.AWS_SECRET_ACCESS_KEY];

    const most = await runScript("put-large.ts", s3.url, "600", ...key, scratch.path);

    expect(Number(most)).toBeGreaterThan(0);
    expect(Number(most)).toBeLessThan(400 * 1024 ** 2);
  },
  minutes(3),
);

test("a blob that is there is not sent again", async () => {
  await using store = await setup();
  await store.blobs.put(content);
  const before = await stat(store.objectOf(sha256), { bigint: true });

  await (await store.elsewhere()).put(inPieces(content));

  expect(await stat(store.objectOf(sha256), { bigint: true })).toMatchObject({
    ino: before.ino,
    ctimeNs: before.ctimeNs,
  });
});

test("who may keep no files puts and reads all the same", async () => {
  await using store = await setup();
  const blobs = await store.withoutFiles();

  const references = [await blobs.put(content), await blobs.put(inPieces(content), sha256)];

  expect(references).toEqual(Array(2).fill({ sha256, bytes: content.byteLength }));
  expect(await blobs.bytes(sha256)).toEqual(content);
  expect(await collect(await blobs.read(sha256))).toEqual(content);
  expect(await collect(await blobs.read(sha256, { start: 5, end: 8 }))).toEqual(
    content.slice(5, 8),
  );
  await expect(blobs.file(sha256)).rejects.toMatchObject({ kind: "unavailable" });
  await blobs.ping();
});

test("who may keep no files lists and deletes all the same", async () => {
  await using store = await setup();
  await store.blobs.put(content);
  const blobs = await store.withoutFiles();

  const listed = await Array.fromAsync(blobs.list());
  const isDeleted = await blobs.delete(sha256, Date.now() + minutes(1));

  expect(listed).toMatchObject([{ sha256, bytes: content.byteLength }]);
  expect(isDeleted).toBe(true);
  expect(await store.names()).toEqual([]);
});

test("a list of more blobs than one answer of S3 names has all of them", async () => {
  await using store = await setup();
  const blobs = await store.withoutFiles();
  const put = async (nth: number) => (await blobs.put(Buffer.from(`content ${nth}`))).sha256;
  const hashes = await Promise.all(Array.from({ length: 1_050 }, (_, nth) => put(nth)));

  const listed = await Array.fromAsync(blobs.list());

  expect(listed.map(({ sha256 }) => sha256).toSorted()).toEqual(hashes.toSorted());
});

test("a range is of what lies in the bucket, whatever a copy has", async () => {
  await using store = await setup();
  await store.blobs.put(content);
  await flipBit(store.objectOf(sha256));

  const part = await collect(await store.blobs.read(sha256, { start: 0, end: 100 }));

  expect(part).not.toEqual(content);
  expect(await store.blobs.bytes(sha256)).toEqual(content);
});

test("a copy serves while the server is away; what has none waits for it", async () => {
  await using store = await setup();
  await store.blobs.put(content);
  const elsewhere = await store.elsewhere();

  await store.s3.down();

  const away = { kind: "unavailable", message: expect.stringContaining("does not answer") };
  expect(await store.blobs.bytes(sha256)).toEqual(content);
  await expect(elsewhere.bytes(sha256)).rejects.toMatchObject(away);
  await expect(elsewhere.put(content)).rejects.toMatchObject(away);
  await expect(elsewhere.has(sha256)).rejects.toMatchObject(away);
  await expect(elsewhere.ping()).rejects.toMatchObject(away);
  await store.s3.up();
  expect(await elsewhere.bytes(sha256)).toEqual(content);
  await elsewhere.ping();
});

test("what is being sent when the server dies is not there afterwards, until it is sent again", async () => {
  await using store = await setup();
  const large = randomBytes(64 * 1024 ** 2);
  const underWay = join(store.s3.objects, "..", ".sgwtmp");
  const putting = Promise.allSettled([store.blobs.put(large)]);
  await expect
    .poll(() => existsSync(underWay) && readdir(underWay), { interval: 1, timeout: 60_000 })
    .toEqual([expect.anything()]);

  await store.s3.down();

  const unavailable = expect.objectContaining({ kind: "unavailable" });
  expect(await putting).toEqual([{ status: "rejected", reason: unavailable }]);
  await store.s3.up();
  const elsewhere = await store.elsewhere();
  expect(await elsewhere.has(hashOf(large))).toBe(false);
  await store.blobs.put(large);
  expect(hashOf(await elsewhere.bytes(hashOf(large)))).toBe(hashOf(large));
});

test.each([
  ["a wrong secret", { AWS_SECRET_ACCESS_KEY: "wrong" }, "", /SignatureDoesNotMatch .*; see AWS_/],
  ["an unknown key", { AWS_ACCESS_KEY_ID: "nobody" }, "", /XAdminUserNotFound .*; see AWS_/],
  ["another region", {}, "&region=eu-north-1", /AuthorizationHeaderMalformed .*; see endpoint/],
])("%s is told, and what to see to", async (_, credentials, more, message) => {
  await using store = await setup();
  const blobs = await openBlobs(`${store.s3.url}${more}`, { ...store.remote, ...credentials });

  const refusal = { kind: "unavailable", message: expect.stringMatching(message) };
  await expect(blobs.bytes(sha256)).rejects.toMatchObject(refusal);
  await expect(blobs.put(content)).rejects.toMatchObject({ kind: "unavailable" });
  await expect(blobs.ping()).rejects.toMatchObject({ kind: "unavailable" });
});

test("a bucket that is not there is told", async () => {
  await using store = await setup();
  const blobs = await openBlobs(store.s3.url.replace("kiln-blobs", "elsewhere"), store.remote);

  const refusal = {
    kind: "unavailable",
    message: expect.stringContaining("make the bucket, or mend BLOBS_URL"),
  };
  await expect(blobs.bytes(sha256)).rejects.toMatchObject(refusal);
  await expect(blobs.put(content)).rejects.toMatchObject(refusal);
  await expect(blobs.ping()).rejects.toMatchObject(refusal);
});
