import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import { readArchive } from "#shared/pacman/archive.ts";
import { snapshotOf } from "../../../services/resolver/snapshot.ts";
import type { SourceFile } from "../../../services/resolver/source-files.ts";

const file = (path: string, text: string, kind: SourceFile["kind"] = "file"): SourceFile => ({
  path,
  kind,
  content: Buffer.from(text),
});

const files = [
  file("PKGBUILD", "pkgname=x"),
  file("a/run.sh", "#!/bin/sh", "executable"),
  file("link", "a/run.sh", "link"),
  file("é", "latin"),
  file(`${"long/".repeat(40)}name`, "deep"),
];

test("the same files make the same bytes, in whatever order they come", async () => {
  const [one, other] = [
    await buffer(snapshotOf(files)),
    await buffer(snapshotOf([...files].reverse())),
  ];

  expect(one.equals(other)).toBe(true);
});

test("another content, kind or name makes other bytes", async () => {
  const texts = await Promise.all(
    [
      [file("a", "1")],
      [file("a", "2")],
      [file("b", "1")],
      [file("a", "1", "executable")],
      [file("a", "1", "link")],
    ].map(async (it) => (await buffer(snapshotOf(it))).toString("latin1")),
  );

  expect(new Set(texts).size).toBe(5);
});

test("a tar reader finds every file again, in the order of their names", async () => {
  const found: unknown[] = [];
  for await (const { name, type, read } of readArchive(snapshotOf(files)))
    found.push([name, type, type === "file" ? (await read(1_000)).toString("utf8") : undefined]);

  expect(found).toEqual([
    ["PKGBUILD", "file", "pkgname=x"],
    ["a/run.sh", "file", "#!/bin/sh"],
    ["link", "symlink", undefined],
    [`${"long/".repeat(40)}name`, "file", "deep"],
    ["é", "file", "latin"],
  ]);
});
