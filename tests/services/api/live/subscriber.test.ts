import { expect, test } from "vitest";
import { missedFrames } from "../../../../services/api/live/event.ts";
import { openSubscriber } from "../../../../services/api/live/subscriber.ts";
import { openTranscript } from "../../../../services/api/live/transcript.ts";

/** What a client of a build gets whose log so far is `text`, of which it reads nothing meanwhile. */
const setup = (text: string) => {
  const transcript = openTranscript();
  for (let at = 0; at < text.length; at += 50_000) transcript.add(text.slice(at, at + 50_000));
  const missed = missedFrames("foo", { state: "pending" }, transcript.pieces());
  const left: unknown[] = [];
  return { left, ...openSubscriber(missed, (subscriber) => left.push(subscriber)) };
};

const read = async (stream: ReadableStream<Uint8Array>, end: string) => {
  const decoder = new TextDecoder();
  const sizes: number[] = [];
  const parts: string[] = [];
  for await (const chunk of stream) {
    sizes.push(chunk.byteLength);
    parts.push(decoder.decode(chunk, { stream: true }));
    if (parts.slice(-2).join("").endsWith(end)) break;
  }
  return { text: parts.join(""), most: Math.max(...sizes) };
};

test("who comes late to the longest log gets all of it piece by piece, and then what came meanwhile", async () => {
  const log = "\n".repeat(10 * 1024 * 1024);
  const it = setup(log);

  it.send("the next frame\n\n");

  const { text, most } = await read(it.stream, "the next frame\n\n");
  const head = 'id: foo\nevent: change\ndata: {"state":"pending"}\n\nid: foo\nevent: log\ndata: ';
  expect(text === `${head}${JSON.stringify(log)}\n\nthe next frame\n\n`).toBe(true);
  expect(most).toBeLessThan(70_000);
});

test("a piece ends between two characters", async () => {
  const it = setup("");
  const frame = `x${"😀".repeat(100_000)}\n\n`;

  it.send(frame);

  const { text } = await read(it.stream, "😀\n\n");
  expect(text.endsWith(`data: ""\n\n${frame}`)).toBe(true);
});

test("a client that reads nothing of what comes is disconnected", () => {
  const it = setup("\n".repeat(10 * 1024 * 1024));
  const frame = "x".repeat(1024 * 1024);

  for (let sent = 0; sent < 16; sent++) it.send(frame);
  expect(it.left).toEqual([]);
  it.send(frame);

  expect(it.left).toHaveLength(1);
});
