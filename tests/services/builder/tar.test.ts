import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { membersOf } from "#shared/tar-members.ts";
import { type Entry, fileEntry, packTar } from "../../../services/builder/tar.ts";
import { pieces } from "../../support/archive.ts";

async function* stream(...entries: readonly Entry[]) {
  yield* entries;
}

test("a tar is packed of files, directories and links, and read again", async () => {
  const big = Buffer.alloc(3_000_000, "x");
  const file = { kind: "file", name: "big", owner: "build", mode: 0o755 } as const;
  const tar = await buffer(
    packTar(
      stream(
        fileEntry("small", "content"),
        { kind: "directory", name: "folder", owner: "root", mode: 0o755 },
        { kind: "link", name: "link", owner: "build", mode: 0o777, target: "small" },
        { ...file, bytes: big.byteLength, content: pieces(big, 65_536) },
      ),
    ),
  );

  const read: unknown[] = [];
  for await (const { content, name, type, mode, bytes, target } of membersOf(
    Readable.from([tar]),
  )) {
    const whole = await buffer(Readable.from(content));
    read.push([name, type, mode, bytes, whole.equals(big) ? "big" : whole.toString(), target]);
  }

  expect(read).toEqual([
    ["small", "file", 0o644, 7, "content", null],
    ["folder", "directory", 0o755, 0, "", null],
    ["link", "symlink", 0o777, 0, "", "small"],
    ["big", "file", 0o755, big.byteLength, "big", null],
  ]);
});

test("a tar fails with what its entries fail with", async () => {
  async function* failing(): AsyncGenerator<Entry> {
    yield fileEntry("small", "content");
    throw new Fault("missing", "no blob");
  }

  async function* content() {
    yield new Uint8Array(10);
    throw new Fault("missing", "no blob");
  }
  const half = { kind: "file", name: "half", owner: "root", mode: 0o644, bytes: 20 } as const;

  await expect(buffer(packTar(failing()))).rejects.toMatchObject({ kind: "missing" });
  await expect(buffer(packTar(stream({ ...half, content: content() })))).rejects.toMatchObject({
    kind: "missing",
  });
});
