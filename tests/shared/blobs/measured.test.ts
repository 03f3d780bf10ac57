import { expect, test } from "vitest";
import { measuredBlobs } from "#shared/blobs/measured.ts";
import { makeWorld } from "../../support/world.ts";

const content = new TextEncoder().encode("twelve bytes");

test("bytes are counted as they go in and come out", async () => {
  await using world = await makeWorld();
  const moved: [string, number][] = [];
  const blobs = measuredBlobs(world.blobs, (...it) => moved.push(it));

  const { sha256 } = await blobs.put(content);
  await blobs.bytes(sha256);
  const whole = await new Response(await blobs.read(sha256)).text();
  const part = await new Response(await blobs.read(sha256, { start: 0, end: 6 })).text();

  expect([whole, part]).toEqual(["twelve bytes", "twelve"]);
  expect(moved).toEqual([
    ["written", 12],
    ["read", 12],
    ["read", 12],
    ["read", 6],
  ]);
});

test("who stops reading has read what came until then", async () => {
  await using world = await makeWorld();
  const moved: number[] = [];
  const blobs = measuredBlobs(world.blobs, (_direction, bytes) => moved.push(bytes));
  const { sha256 } = await blobs.put(new Uint8Array(1_000_000));

  const reader = (await blobs.read(sha256)).getReader();
  await reader.read();
  await reader.cancel();

  const [written = 0, ...read] = moved;
  expect(written).toBe(1_000_000);
  expect(read.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(1_000_000);
});
