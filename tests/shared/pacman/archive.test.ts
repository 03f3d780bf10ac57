import { gzipSync, zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { readArchive } from "#shared/pacman/archive.ts";
import { decompress } from "#shared/pacman/decompress.ts";
import { pieces, tarOf } from "../../support/archive.ts";

const setup = () =>
  tarOf([["usr/"], ["usr/a", "some text\n".repeat(1_000)], ["usr/b", "-> a"], ["last", "end"]]);

const read = async (source: AsyncIterable<Uint8Array>) => {
  const members: unknown[] = [];
  for await (const { name, type, read } of readArchive(source))
    members.push([name, type, (await read(20_000)).length]);
  return members;
};

const whole = [
  ["usr/", "directory", 0],
  ["usr/a", "file", 10_000],
  ["usr/b", "symlink", 0],
  ["last", "file", 3],
];

/** Compressed in two pieces that know nothing of each other. */
const twice = (compress: (bytes: Uint8Array) => Buffer, bytes: Buffer) =>
  Buffer.concat([compress(bytes.subarray(0, 4_000)), compress(bytes.subarray(4_000))]);

test.each([
  ["plain", (tar: Buffer) => tar],
  ["gzip", (tar: Buffer) => gzipSync(tar)],
  ["gzip in two frames", (tar: Buffer) => twice(gzipSync, tar)],
  ["zstd", (tar: Buffer) => zstdCompressSync(tar)],
  ["zstd in two frames", (tar: Buffer) => twice(zstdCompressSync, tar)],
])("%s is told by how it begins, in pieces of any size", async (_, compress) => {
  const archive = compress(await setup());

  for (const size of [1, 100, 100_000]) expect(await read(pieces(archive, size))).toEqual(whole);
});

test("contents that nobody asks for are passed over", async () => {
  const names: string[] = [];
  for await (const { name } of readArchive(pieces(await setup()))) names.push(name);

  expect(names).toEqual(["usr/", "usr/a", "usr/b", "last"]);
});

test("an empty archive has no members", async () => {
  expect(await read(pieces(new Uint8Array(10_240)))).toEqual([]);
});

test.each([
  ["in a member that nobody reads", await tarOf([["big", Buffer.alloc(2_000_000)]])],
  ["behind its end", Buffer.concat([await setup(), Buffer.alloc(2_000_000)])],
])("an archive that unpacks to more than allowed is refused: %s", async (_, tar) => {
  const members = readArchive(pieces(gzipSync(tar)), decompress, 1_000_000);

  await expect(Array.fromAsync(members)).rejects.toThrow(
    new Fault("invalid", "the archive has over 1000000 bytes when unpacked"),
  );
});

test("a member larger than allowed is refused", async () => {
  const archive = pieces(await tarOf([["big", "x".repeat(20_001)]]));

  await expect(read(archive)).rejects.toThrow(
    new Fault("invalid", "big is larger than 20000 bytes"),
  );
});

test.each([
  ["cut gzip", (tar: Buffer) => gzipSync(tar).subarray(0, -20), /gzip is broken or cut short/],
  ["cut zstd", (tar: Buffer) => zstdCompressSync(tar).subarray(0, -5), /cut short/],
  ["cut plain tar", (tar: Buffer) => tar.subarray(0, 5_000), /cut short/],
  ["tar without end", (tar: Buffer) => tar.subarray(0, -1_024), /cut short: its tar has no end/],
  ["gzip of no tar", () => gzipSync("no tar".repeat(200)), /tar is broken/],
  ["xz", () => Buffer.from("fd377a585a000004", "hex"), /gzip, zstd or plain tar, not xz$/],
  ["text", () => Buffer.from("hello"), /gzip, zstd or plain tar, not something else$/],
  ["nothing", () => Buffer.alloc(0), /gzip, zstd or plain tar, not something else$/],
])("%s is refused", async (_, broken, message) => {
  const bytes = broken(await setup());

  const reading = read(pieces(bytes));

  await expect(reading).rejects.toThrow(Fault);
  await expect(reading).rejects.toThrow(message);
});

test.each([
  ["plain", (tar: Buffer) => tar],
  ["gzip", (tar: Buffer) => gzipSync(tar, { level: 0 })],
])(
  "what goes wrong with the source of %s is not taken for a broken archive",
  async (_, compress) => {
    const archive = compress(await setup());
    const failing = async function* () {
      yield archive.subarray(0, 2_000);
      throw new Error("the disk is on fire");
    };

    await expect(read(failing())).rejects.toThrow(new Error("the disk is on fire"));
  },
);

const watched = (bytes: Uint8Array) => {
  const state = { released: false };
  const source = async function* () {
    try {
      yield* pieces(bytes, 512);
    } finally {
      state.released = true;
    }
  };
  return { state, source: source() };
};

test("a reader that has seen enough lets go of the source", async () => {
  const { state, source } = watched(await setup());

  for await (const { name } of readArchive(source)) if (name === "usr/") break;

  await expect.poll(() => state.released).toBe(true);
});

test("a source that is no archive is let go of", async () => {
  const { state, source } = watched(Buffer.from("hello ".repeat(1_000)));

  await expect(read(source)).rejects.toThrow(Fault);

  expect(state.released).toBe(true);
});
