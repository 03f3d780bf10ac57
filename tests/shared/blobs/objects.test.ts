import { expect, test } from "vitest";
import { openObjects } from "#shared/blobs/objects.ts";
import type { Ask } from "#shared/blobs/s3.ts";

const sha256 = "ab".repeat(32);

/** A bucket that remembers what it was asked, and gives these texts one after the other. */
const setup = (...texts: string[]) => {
  const asked: Ask[] = [];
  const objects = openObjects(
    {
      async ask(what) {
        const text = texts[asked.length] ?? "";
        asked.push(what);
        return {
          headers: new Headers({ date: "Sat, 21 Nov 2026 12:00:00 GMT", etag: '"tag"' }),
          text: async () => text,
          async *content() {},
        };
      },
    },
    { bucket: "kiln", prefix: "builds/" },
  );
  return { objects, asked };
};

test("a blob in parts is there when all are listed", async () => {
  const it = setup("<UploadId>u&amp;1</UploadId>", "", "<ETag>all</ETag>");

  const upload = await it.objects.begin(sha256);
  const tag = await upload.part(1, new Uint8Array([1]));
  await upload.complete([tag, '"other"']);

  const key = `ab/${sha256}`;
  const list =
    '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"tag"</ETag></Part><Part><PartNumber>2</PartNumber><ETag>"other"</ETag></Part></CompleteMultipartUpload>';
  expect(it.asked).toEqual([
    { method: "POST", key, query: { uploads: "" } },
    { method: "PUT", key, query: { partNumber: "1", uploadId: "u&1" }, body: new Uint8Array([1]) },
    {
      method: "POST",
      key,
      query: { uploadId: "u&1" },
      body: new TextEncoder().encode(list),
    },
  ]);
});

test("an upload that fails after its answer began is not taken for whole", async () => {
  const failed = "<Error><Code>InternalError</Code></Error>";
  const it = setup("<UploadId>1</UploadId>", failed);

  const upload = await it.objects.begin(sha256);

  await expect(upload.complete([])).rejects.toMatchObject({
    kind: "unavailable",
    message: `expected ETag in S3's answer, not ${failed}`,
  });
});

test("uploads of blobs that are a day old are aborted, and no others", async () => {
  const upload = (key: string, id: string, initiated: string) =>
    `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${initiated}</Initiated></Upload>`;
  const it = setup(
    [
      upload(`builds/ab/${sha256}`, "old", "2026-11-20T11:00:00.000Z"),
      upload(`builds/ab/${sha256}`, "new", "2026-11-20T13:00:00.000Z"),
      upload("builds/somebody-else's", "other", "2026-01-01T00:00:00.000Z"),
    ].join("\n"),
  );

  await it.objects.abortAbandoned();

  expect(it.asked).toEqual([
    { method: "GET", query: { uploads: "", prefix: "builds/" } },
    { method: "DELETE", key: `ab/${sha256}`, query: { uploadId: "old" } },
  ]);
});

test("a list goes on where the server's answer ended, and names blobs alone", async () => {
  const object = (key: string, bytes: number) =>
    `<Contents><Key>${key}</Key><LastModified>2026-11-20T11:00:00.000Z</LastModified><Size>${bytes}</Size></Contents>`;
  const other = "cd".repeat(32);
  const it = setup(
    [
      object(`builds/ab/${sha256}`, 3),
      object("builds/incoming/half", 4),
      "<NextContinuationToken>next&amp;1</NextContinuationToken>",
    ].join(""),
    object(`builds/cd/${other}`, 5),
  );

  const listed = await Array.fromAsync(it.objects.list());

  const putAt = Date.UTC(2026, 10, 20, 11);
  expect(listed).toEqual([
    { sha256, bytes: 3, putAt },
    { sha256: other, bytes: 5, putAt },
  ]);
  const query = { "list-type": "2", prefix: "builds/" };
  expect(it.asked).toEqual([
    { method: "GET", query },
    { method: "GET", query: { ...query, "continuation-token": "next&1" } },
  ]);
});
