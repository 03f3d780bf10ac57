import { zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { unpackLog } from "../../../services/api/read-log.ts";
import { makeWorld } from "../../support/world.ts";

const setup = async (log: string) => {
  const world = await makeWorld();
  const { sha256 } = await world.blobs.put(zstdCompressSync(Buffer.from(log)));
  return { ...world, read: () => unpackLog(world.blobs, sha256) };
};

test.each([
  ["nothing", ""],
  ["what JSON escapes", 'say "no"\n\u001b[1m\t\\'],
  ["characters of several bytes, over many pieces", "a😀ü\n".repeat(100_000)],
])("a log of %s is one JSON string", async (_what, log) => {
  await using it = await setup(log);

  const response = new Response(await it.read());

  expect((await response.json()) === log).toBe(true);
});

test("the longest log comes piece by piece, and a reader that leaves has the rest not unpacked", async () => {
  await using it = await setup("line\n".repeat(2 * 1024 * 1024));
  const sizes: number[] = [];
  let left = 0;

  for await (const piece of await it.read()) sizes.push(piece.byteLength);
  for await (const piece of await it.read()) {
    left += piece.byteLength;
    if (left > 1) break;
  }

  expect(sizes.reduce((sum, size) => sum + size)).toBe(6 * 2 * 1024 * 1024 + 2);
  expect(Math.max(...sizes, left)).toBeLessThan(200_000);
});
