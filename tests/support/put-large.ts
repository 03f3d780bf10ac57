import { readFile } from "node:fs/promises";
import { openBlobs } from "#shared/blobs/open.ts";

// Run as a process of its own: puts so many MiB into the store at that URL, with a key and a directory for copies,
// reads them on a host without copies, and prints the most memory it had, in bytes.
const [url = "", megabytes = "", accessKey = "", secretKey = "", directory = ""] =
  process.argv.slice(2);

const openAt = (copies: string) =>
  openBlobs(url, {
    AWS_ACCESS_KEY_ID: accessKey,
    AWS_SECRET_ACCESS_KEY: secretKey,
    cache: { directory: `${directory}/${copies}`, bytes: 1024 ** 4 },
    now: Date.now,
  });

async function* content() {
  for (let index = 0; index < Number(megabytes); index += 1)
    yield new Uint8Array(1024 ** 2).fill(index % 251);
}

const { sha256 } = await (await openAt("here")).put(content());
await (await openAt("elsewhere")).file(sha256);
// Not getrusage(2)'s: that counts what the parent had when this process was forked.
const [, kilobytes] =
  /^VmHWM:\s+(\d+) kB$/m.exec(await readFile("/proc/self/status", "utf8")) ?? [];
console.log(Number(kilobytes) * 1024);
