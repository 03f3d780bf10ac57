import { webStream } from "#shared/web-stream.ts";
import type { Blobs } from "./blobs.ts";

/** The same store, telling how many bytes went in and came out. */
export const measuredBlobs = (
  blobs: Blobs,
  moved: (direction: "written" | "read", bytes: number) => void,
): Blobs => ({
  ...blobs,
  async put(content, expected) {
    const reference = await blobs.put(content, expected);
    moved("written", reference.bytes);
    return reference;
  },
  async bytes(sha256) {
    const content = await blobs.bytes(sha256);
    moved("read", content.byteLength);
    return content;
  },
  async read(sha256, range) {
    return webStream(counting(await blobs.read(sha256, range), (bytes) => moved("read", bytes)));
  },
});

async function* counting(content: ReadableStream<Uint8Array>, each: (bytes: number) => void) {
  for await (const chunk of content) {
    each(chunk.byteLength);
    yield chunk;
  }
}
