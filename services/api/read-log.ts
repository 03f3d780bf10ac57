import { createZstdDecompress } from "node:zlib";
import { Fault } from "#shared/fault.ts";
import { webStream } from "#shared/web-stream.ts";
import type { Api } from "./context.ts";
import type { BuildRow } from "./store/builds.ts";

/** Bytes a log may have when unpacked: several times what a builder writes. */
const largest = 64 * 1024 * 1024;

/** The log of a build that is done, or what a running one has printed so far: as JSON, a string. */
export const readLog = async (
  { blobs, readRunning }: Pick<Api, "blobs" | "readRunning">,
  { id, state, logSha256 }: Pick<BuildRow, "id" | "state" | "logSha256">,
) => {
  if (logSha256 !== null) return unpackLog(blobs, logSha256);
  if (state !== "running") throw new Fault("missing", "build does not have any logs");
  const output = await readRunning(id);
  return released(quoted(output), () => output[Symbol.dispose]());
};

/** A whole log, as JSON. It is unpacked at the pace it is read: there may be many slow readers of large ones. */
export const unpackLog = async (blobs: Api["blobs"], sha256: string) => {
  const packed = await blobs.bytes(sha256).catch(unreadable);
  return webStream(quoted(unpack(packed)));
};

async function* unpack(packed: Uint8Array) {
  const decoder = new TextDecoder();
  const unpacking = createZstdDecompress({ chunkSize: 64 * 1024 });
  unpacking.end(packed);
  let bytes = 0;
  for await (const chunk of unpacking) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError("what is unpacked is bytes");
    bytes += chunk.byteLength;
    if (bytes > largest) throw new RangeError(`a log unpacks to more than ${largest} bytes`);
    yield decoder.decode(chunk, { stream: true });
  }
  yield decoder.decode();
}

async function* quoted(texts: AsyncIterable<string> | Iterable<string>) {
  const encoder = new TextEncoder();
  yield encoder.encode('"');
  for await (const text of texts)
    if (text !== "") yield encoder.encode(JSON.stringify(text).slice(1, -1));
  yield encoder.encode('"');
}

/** A stream whose `release` is called when it ends, or when its reader goes away, even before the first byte. */
const released = (content: AsyncIterator<Uint8Array>, release: () => void) =>
  new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await content.next();
      if (!done) return controller.enqueue(value);
      release();
      controller.close();
    },
    async cancel() {
      release();
      await content.return?.();
    },
  });

/** Who asks for a log can do nothing about its blob. */
const unreadable = (error: unknown): never => {
  if (!(error instanceof Fault)) throw error;
  throw new Fault("unavailable", `the log cannot be read: ${error.message}`, { cause: error });
};
