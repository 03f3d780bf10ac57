import { Readable } from "node:stream";
import { pack } from "tar-stream";
import { expect, test } from "vitest";
import { storeArtifacts } from "../../../services/builder/artifacts.ts";
import { tarOf } from "../../support/archive.ts";
import { makeWorld } from "../../support/world.ts";

test("packages are taken, and nothing else", async () => {
  await using world = await makeWorld();
  const tar = await tarOf([
    ["packages/"],
    ["packages/b-1:2-1-any.pkg.tar.zst", "b"],
    ["packages/a-1-1-x86_64.pkg.tar", "a"],
    ["packages/a-1-1-any.pkg.tar.zst.sig", "signature"],
    ["packages/c-1-1-any.pkg.tar.zst", "-> /etc/shadow"],
    ["packages/deep/d-1-1-any.pkg.tar.zst", "d"],
    ["packages/-e-1-1-any.pkg.tar.zst", "e"],
    ["packages/.f-1-1-any.pkg.tar.zst", "f"],
    ["packages/notes", "n"],
  ]);

  const artifacts = await storeArtifacts(world.blobs, Readable.from([tar]));

  expect(artifacts).toEqual([
    { filename: "a-1-1-x86_64.pkg.tar", blob: await world.blobs.put(Buffer.from("a")) },
    { filename: "b-1:2-1-any.pkg.tar.zst", blob: await world.blobs.put(Buffer.from("b")) },
  ]);
});

test("a name that leads out of the directory is refused", async () => {
  await using world = await makeWorld();
  const tar = await tarOf([["packages/../../a-1-1-any.pkg.tar.zst", "a"]]);

  await expect(storeArtifacts(world.blobs, Readable.from([tar]))).rejects.toMatchObject({
    kind: "invalid",
  });
});

test.each([
  ["~", "a-1~rc1^2,3=4-1-any.pkg.tar.zst"],
  ["'", "a-it's-1-any.pkg.tar.zst"],
])("a version may have %s in it", async (_character, filename) => {
  await using world = await makeWorld();
  const tar = await tarOf([[`packages/${filename}`, "a"]]);

  const artifacts = await storeArtifacts(world.blobs, Readable.from([tar]));

  expect(artifacts.map((it) => it.filename)).toEqual([filename]);
});

test.each(["#", "%", "?"])(
  "a package that pacman could not fetch for its %s is refused",
  async (character) => {
    await using world = await makeWorld();
    const filename = `a-1${character}2-1-any.pkg.tar.zst`;
    const tar = await tarOf([[`packages/${filename}`, "a"]]);

    await expect(storeArtifacts(world.blobs, Readable.from([tar]))).rejects.toMatchObject({
      kind: "invalid",
      message: `"${filename}" has "${character}" in its name, which pacman cannot put into a URL`,
    });
  },
);

test("a package whose signature could have no name is refused", async () => {
  await using world = await makeWorld();
  const filename = `${"a".repeat(236)}-1-1-any.pkg.tar`;
  const tar = await tarOf([[`packages/${filename}`, "a"]]);

  await expect(storeArtifacts(world.blobs, Readable.from([tar]))).rejects.toMatchObject({
    kind: "invalid",
    message: `"${filename}" has 252 characters, expected at most 251`,
  });
});

test.each(["core", "a-1-1-any.pkg.tar.zst"])(
  "%s of 17 GiB is refused before it is read",
  async (name) => {
    await using world = await makeWorld();
    const tar = pack();
    tar.entry({ name: `packages/${name}`, size: 17 * 1024 ** 3 });

    await expect(storeArtifacts(world.blobs, Readable.from(tar))).rejects.toMatchObject({
      kind: "invalid",
      message: "the build left over 1000 packages, or over 16 GiB where they lie",
    });
  },
);
