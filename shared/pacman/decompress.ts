import { pipeline, Readable, type Transform } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { Fault } from "#shared/fault.ts";

type Bytes = AsyncIterable<Uint8Array>;

type Format = {
  readonly name: string;
  readonly magic: readonly number[];
  readonly at: number;
  readonly open?: () => Transform;
};

/** Bytes; sixteen times node's default, for a quarter of the time. */
const chunkSize = 256 * 1024;

/** A plain tar is known by the `ustar` in its first header, or by the empty block of an empty one. */
const formats: readonly Format[] = [
  { name: "gzip", magic: [0x1f, 0x8b], at: 0, open: () => createGunzip({ chunkSize }) },
  {
    name: "zstd",
    magic: [0x28, 0xb5, 0x2f, 0xfd],
    at: 0,
    open: () => createZstdDecompress({ chunkSize }),
  },
  { name: "xz", magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], at: 0 },
  { name: "bzip2", magic: [0x42, 0x5a, 0x68], at: 0 },
  { name: "lz4", magic: [0x04, 0x22, 0x4d, 0x18], at: 0 },
  { name: "tar", magic: [0x75, 0x73, 0x74, 0x61, 0x72], at: 257 },
  { name: "tar", magic: Array(262).fill(0), at: 0 },
];

/** The tar in a stream of gzip, zstd or plain bytes, told apart by how they begin. */
export async function* decompress(source: Bytes): Bytes {
  const { head, rest } = await take(source, 262);
  const format = formats.find(({ magic, at }) => magic.every((byte, i) => head[at + i] === byte));
  if (format?.name === "tar") return yield* chain(head, rest);
  if (format?.open === undefined) {
    await rest.return?.();
    throw new Fault(
      "invalid",
      `expected an archive in gzip, zstd or plain tar, not ${format?.name ?? "something else"}`,
    );
  }

  const decoder = format.open();
  let sourceFailed = false;
  const input = Readable.from(chain(head, rest)).once("error", () => {
    sourceFailed = true;
  });
  pipeline(input, decoder, () => {});
  try {
    yield* decoder;
  } catch (cause) {
    if (sourceFailed) throw cause;
    throw new Fault("invalid", `the archive's ${format.name} is broken or cut short`, { cause });
  }
}

/** The first bytes of a stream, at least `count` unless it ends before, and what follows them. */
const take = async (source: Bytes, count: number) => {
  const rest = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < count) {
    const { value, done } = await rest.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  return { head, rest };
};

async function* chain(head: Uint8Array, rest: AsyncIterator<Uint8Array>): Bytes {
  try {
    yield head;
    while (true) {
      const { value, done } = await rest.next();
      if (done) return;
      yield value;
    }
  } finally {
    await rest.return?.();
  }
}
