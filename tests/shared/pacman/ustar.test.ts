import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { extract } from "tar-stream";
import { expect, test } from "vitest";
import { endOfArchive, tarMember } from "#shared/pacman/ustar.ts";

const membersOf = async (tar: Uint8Array) => {
  const members: unknown[] = [];
  for await (const entry of Readable.from([tar]).pipe(extract())) {
    const { name, type, mode, uid, gid, size, mtime } = entry.header;
    members.push({ name, type, mode, uid, gid, size, mtime, content: await text(entry) });
  }
  return members;
};

const fixed = { uid: 0, gid: 0, mtime: new Date(0) };

test.each([
  ["a/desc", "%NAME%\na\n"],
  ["empty", ""],
  ["block", "x".repeat(512)],
  ["n".repeat(100), "short enough"],
  [`${"n".repeat(250)}/desc`, "long"],
  [`${"ä".repeat(60)}/desc`, "long in bytes"],
])("a file is read as it was written (%#)", async (name, content) => {
  const tar = Buffer.concat([tarMember(name, content), endOfArchive]);

  expect(await membersOf(tar)).toEqual([
    { name, type: "file", mode: 0o644, size: content.length, content, ...fixed },
  ]);
});

test.each(["a-1.0-1/", `${"n".repeat(250)}/`])("a directory is one (%#)", async (name) => {
  const tar = Buffer.concat([tarMember(name), endOfArchive]);

  expect(await membersOf(tar)).toEqual([
    { name, type: "directory", mode: 0o755, size: 0, content: "", ...fixed },
  ]);
});
