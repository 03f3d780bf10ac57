import { createZstdDecompress } from "node:zlib";
import { Fault } from "#shared/fault.ts";
import { buildOutput } from "#shared/messages/build.ts";
import type { BuildId } from "#shared/model.ts";
import { seconds } from "#shared/time.ts";
import { webStream } from "#shared/web-stream.ts";
import type { Api } from "./context.ts";
import { silenceAfter } from "./silence.ts";
import type { BuildRow } from "./store/builds.ts";

/** Bytes a log may have when unpacked: several times what a builder writes. */
const largest = 64 * 1024 * 1024;

/** Milliseconds of silence after which a running build's output counts as read, and at most. */
const patience = { quiet: 150, whole: seconds(3) };

/** The log of a build that is done, or what a running one has printed so far: as JSON, a string. */
export const readLog = async (
  { blobs, follow, pause }: Pick<Api, "blobs" | "follow" | "pause">,
  { id, state, logSha256 }: Pick<BuildRow, "id" | "state" | "logSha256">,
) => {
  if (logSha256 !== null) return unpackLog(blobs, logSha256);
  if (state !== "running") throw new Fault("missing", "build does not have any logs");
  return webStream(quoted(await readOutput({ follow, pause }, id)));
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

/** Who asks for a log can do nothing about its blob. */
const unreadable = (error: unknown): never => {
  if (!(error instanceof Fault)) throw error;
  throw new Fault("unavailable", `the log cannot be read: ${error.message}`, { cause: error });
};

/** A stream of output has no end to wait for, so it is read until it falls silent. */
const readOutput = async ({ follow, pause }: Pick<Api, "follow" | "pause">, build: BuildId) => {
  const attempts = new Map<number, string[]>();
  const silence = silenceAfter(pause, patience.quiet, patience.whole);
  await using _ = await follow(
    buildOutput,
    "start",
    ({ startedAt, index, text }) => {
      const chunks = attempts.get(startedAt) ?? [];
      attempts.set(startedAt, chunks);
      chunks[index] = text;
      silence.heard();
    },
    { build },
  );
  await silence.begun();
  const newest = Math.max(...attempts.keys());
  return (attempts.get(newest) ?? []).filter((text) => text !== undefined);
};
