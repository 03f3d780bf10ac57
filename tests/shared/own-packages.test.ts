import { expect, test } from "vitest";
import { listOwnPackages, readOwnPackages } from "#shared/own-packages.ts";
import { makeWorld } from "../support/world.ts";

const files = ["lib-1-1-any.pkg.tar.zst", "lib-1-1-any.pkg.tar.zst.sig"].map((filename) => ({
  filename,
  blob: { sha256: "a".repeat(64), bytes: 1 },
}));

test("a build's own packages are one blob, and are read from it", async () => {
  await using world = await makeWorld();

  const list = await listOwnPackages(world.blobs, files);

  expect(await readOwnPackages(world.blobs, { list, packages: [] })).toEqual(files);
});

test("no packages take no blob", async () => {
  await using world = await makeWorld();

  expect(await listOwnPackages(world.blobs, [])).toBe(null);
  expect(await readOwnPackages(world.blobs, { list: null, packages: [] })).toEqual([]);
});

test("a request of kiln 0.1.0 names its packages itself", async () => {
  await using world = await makeWorld();

  expect(await readOwnPackages(world.blobs, { list: null, packages: files })).toEqual(files);
});
