import { chmod, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { pkgbuildOf, sourceEntries } from "../../../services/builder/source.ts";
import { tarOf } from "../../support/archive.ts";
import { makeWorld } from "../../support/world.ts";

const setup = async (members: Parameters<typeof tarOf>[0]) => {
  const world = await makeWorld();
  return { ...world, source: await world.blobs.put(await tarOf(members)) };
};

test("a source's files belong to the build user, in its directory", async () => {
  await using it = await setup([["./"], ["./PKGBUILD", "x"], ["sub/"], ["sub/link", "-> ../y"]]);

  const entries: unknown[] = [];
  for await (const { kind, name, owner } of sourceEntries(it.blobs, it.source))
    entries.push([kind, name, owner]);

  expect(entries).toEqual([
    ["file", "build/source/PKGBUILD", "build"],
    ["directory", "build/source/sub", "build"],
    ["link", "build/source/sub/link", "build"],
  ]);
});

test("a source's PKGBUILD is the one at its top", async () => {
  await using it = await setup([
    ["sub/PKGBUILD", "wrong"],
    ["PKGBUILD", "right"],
  ]);

  const pkgbuild = await pkgbuildOf(it.blobs, it.source);

  expect(new TextDecoder().decode(await it.blobs.bytes(pkgbuild.sha256))).toBe("right");
});

test.each([18_691, 300 * 1024])("a PKGBUILD of %i bytes is kept whole", async (bytes) => {
  const content = "#".repeat(bytes);
  await using it = await setup([
    ["PKGBUILD", content],
    ["after", "x"],
  ]);

  const pkgbuild = await pkgbuildOf(it.blobs, it.source);

  expect(pkgbuild.bytes).toBe(bytes);
  expect(new TextDecoder().decode(await it.blobs.bytes(pkgbuild.sha256))).toBe(content);
});

test("a source without one, or that leads out of its directory, is refused", async () => {
  await using without = await setup([["sub/PKGBUILD", "x"]]);
  await using leading = await setup([["../PKGBUILD", "x"]]);

  await expect(pkgbuildOf(without.blobs, without.source)).rejects.toMatchObject({
    message: "the source has no PKGBUILD at its top",
  });
  await expect(sourceEntries(leading.blobs, leading.source).next()).rejects.toMatchObject({
    kind: "invalid",
  });
});

test("of a damaged source it is said that it is damaged", async () => {
  await using it = await setup([["PKGBUILD", "x"]]);
  const place = it.blobs.placeOf(it.source.sha256);
  await chmod(place, 0o644);
  await writeFile(place, "no tar");

  await expect(sourceEntries(it.blobs, it.source).next()).rejects.toMatchObject({
    kind: "invalid",
    message: expect.stringContaining("is damaged"),
  });
});
