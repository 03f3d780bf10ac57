import { pipeline, Readable } from "node:stream";
import { extract, type Header } from "tar-stream";
import { Fault } from "#shared/fault.ts";
import { decompress } from "./decompress.ts";

export type Member = {
  readonly name: string;
  readonly type: Header["type"];
  /** What a link leads to. */
  readonly target: string | undefined;
  /** The whole content; only before the next member is asked for. */
  readonly read: (mostBytes: number) => Promise<Buffer>;
};

/** Bytes of a tar, unpacked. A few MB of compressed zeros would keep a reader busy for days. */
const most = 128 * 1024 ** 3;

/** The members of a tar in gzip, zstd or plain, one after the other; no content is kept. */
export async function* readArchive(
  source: AsyncIterable<Uint8Array>,
  unpack = decompress,
  mostBytes = most,
): AsyncGenerator<Member> {
  const members = extract();
  let sourceError: unknown;
  const input = Readable.from(wholeTar(unpack(source), mostBytes)).once("error", (error) => {
    sourceError = error;
  });
  pipeline(input, members, () => {});
  try {
    for await (const entry of members) {
      const { name, type, pax, linkname } = entry.header;
      refuseUnread(name, type, pax ?? {});
      // Safe: what is written into the extractor is bytes, and so are the pieces it hands on.
      const content = entry as AsyncIterable<Uint8Array>;
      const read = (mostBytes: number) => collect(content, name, mostBytes);
      yield { name, type, target: linkname ?? undefined, read };
      entry.resume();
    }
  } catch (cause) {
    if (sourceError !== undefined) throw sourceError;
    if (cause instanceof Fault) throw cause;
    throw new Fault("invalid", "the archive's tar is broken or cut short", { cause });
  }
}

/**
 * Refuses what bsdtar(1), and so pacman, reads in another way than this reader: a sparse file has another name and other
 * content there. makepkg writes none (`--no-read-sparse`). Source: "GNU tar pax archives" in tar(5) of libarchive.
 */
const refuseUnread = (name: string, type: Header["type"] | null, pax: object) => {
  if (Object.keys(pax).some((key) => key.startsWith("GNU.sparse.")))
    throw new Fault("invalid", `${name} is a sparse file in the archive, expected a plain one`);
  if (!type) throw new Fault("invalid", `${name} is of an unknown type in the archive`);
};

/** Neither tar-stream nor zstd notices that the end is missing; a tar ends in an empty block. */
async function* wholeTar(chunks: AsyncIterable<Uint8Array>, mostBytes: number) {
  let zeros = 0;
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > mostBytes)
      throw new Fault("invalid", `the archive has over ${mostBytes} bytes when unpacked`);
    const tail = chunk.subarray(-512);
    const last = tail.findLastIndex((byte) => byte !== 0);
    zeros = tail.length - 1 - last + (last === -1 ? zeros : 0);
    yield chunk;
  }
  if (zeros < 512) throw new Fault("invalid", "the archive is cut short: its tar has no end");
}

const collect = async (content: AsyncIterable<Uint8Array>, name: string, mostBytes: number) => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Fault("invalid", `${name} is larger than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
