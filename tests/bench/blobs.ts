// How fast 200 MB go into a blob store and come out on a host that has no copy: a directory, and versitygw beside it.
// Run by hand: bun tests/bench/blobs.ts [runs]

import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import type { Blobs } from "#shared/blobs/blobs.ts";
import { openBlobs } from "#shared/blobs/open.ts";
import { ensureVersitygw } from "../../cli/setup/versitygw.ts";
import { startS3 } from "../support/s3.ts";
import { makeScratch } from "../support/scratch.ts";
import { median, timed } from "./measure.ts";

const runs = Number(process.argv[2] ?? 3);
const megabytes = 200;

const versitygw = await ensureVersitygw({
  dataDirectory: resolve(import.meta.dirname, "../../.cache"),
  mayInstall: false,
  say: console.error,
});
await using s3 = await startS3(versitygw);
await using scratch = await makeScratch();

type Store = { readonly name: string; open(): Promise<Blobs> };

const directory: Store = {
  name: "file:",
  open: () => openBlobs(`file:${join(scratch.path, "blobs")}`),
};
const remote: Store = { name: "s3:", open: () => openBlobs(s3.url, s3.remote()) };
const withoutFiles: Store = {
  name: "s3:, no copies",
  open: () => openBlobs(s3.url, s3.remote(0)),
};

/** In pieces, as an upload or a container's archive comes. */
async function* inPieces(content: Uint8Array) {
  for (let start = 0; start < content.byteLength; start += 65_536)
    yield content.subarray(start, start + 65_536);
}

const drain = async (content: ReadableStream<Uint8Array>) => {
  for await (const _ of content);
};

const times = new Map<string, number[]>();
const note = async (what: string, work: () => Promise<unknown>) =>
  times.set(what, [...(times.get(what) ?? []), await timed(work)]);

for (let run = 0; run < runs; run += 1)
  for (const { name, open } of [directory, remote, withoutFiles]) {
    const content = randomBytes(megabytes * 1_000_000);
    const [writer, reader] = [await open(), await open()];
    const reference = await writer.put(new Uint8Array([run]));
    await writer.bytes(reference.sha256);
    let sha256 = "";
    await note(`${name} put`, async () => {
      ({ sha256 } = await writer.put(inPieces(content)));
    });
    await note(`${name} read, the first time`, async () => drain(await reader.read(sha256)));
    await note(`${name} read again`, async () => drain(await reader.read(sha256)));
  }

for (const [what, each] of times)
  console.log(
    `${what.padEnd(36)} ${((megabytes * 1_000) / median(each)).toFixed(0).padStart(6)} MB/s, ${each.length} times`,
  );
