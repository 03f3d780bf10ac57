import { expect, test } from "vitest";
import { largestMessage } from "#shared/bus/prepare.ts";
import { chunkBytes, makeChunks, overflowMark } from "../../../services/builder/chunks.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

const all = (chunks: ReturnType<typeof makeChunks>) => {
  const texts: string[] = [];
  for (let text = chunks.next(); text !== undefined; text = chunks.next()) texts.push(text);
  return texts;
};

test("what was written comes out once, and is kept whole", () => {
  const chunks = makeChunks(1_000);

  chunks.write(bytes("one "));
  chunks.write(bytes("two"));

  expect(all(chunks)).toEqual(["one two"]);
  expect(all(chunks)).toEqual([]);
  expect(Buffer.from(chunks.whole()).toString()).toBe("one two");
});

test("a character that came in two pieces is one", () => {
  const chunks = makeChunks(1_000);
  const [first, ...rest] = bytes("é");

  chunks.write(Uint8Array.of(first ?? 0));
  chunks.write(Uint8Array.from(rest));

  expect(all(chunks)).toEqual(["é"]);
});

test("what is no UTF-8 is replaced, and a byte order mark is not lost", () => {
  const chunks = makeChunks(1_000);

  chunks.write(Uint8Array.of(0x61, 0xff, 0x62));
  chunks.write(bytes("\ufeffc"));

  expect(all(chunks)).toEqual(["a\ufffdb\ufeffc"]);
});

test("a chunk is no longer than a message can hold, and ends where a character does", () => {
  const chunks = makeChunks(1024 * 1024);
  const text = "€".repeat(50_000);

  chunks.write(bytes(text));

  const texts = all(chunks);
  expect(texts.join("")).toBe(text);
  expect(texts.every((it) => bytes(it).byteLength <= chunkBytes)).toBe(true);
  expect(texts).toHaveLength(4);
});

test("a chunk of control characters fits into a message", () => {
  const chunks = makeChunks(1024 * 1024);

  chunks.write(new Uint8Array(200_000));

  expect(Math.max(...all(chunks).map((text) => JSON.stringify(text).length))).toBeLessThan(
    largestMessage - 1024,
  );
});

test("what is over the limit is left out with a mark, once", () => {
  const chunks = makeChunks(1024 * 1024);

  for (let i = 0; i < 3; i += 1) chunks.write(bytes("€".repeat(200_000)));

  const text = all(chunks).join("");
  expect(text).toBe("€".repeat(Math.floor((1024 * 1024) / 3)) + overflowMark(1024 * 1024));
  expect(Buffer.from(chunks.whole()).toString()).toBe(text);
});

test("what is printed byte by byte takes no more room than it has bytes, and as much again", () => {
  const chunks = makeChunks(1024 * 1024);

  for (let i = 0; i < 100_000; i += 1) chunks.write(Uint8Array.of(0x78));

  const whole = chunks.whole();
  expect(whole.byteLength).toBe(100_000);
  expect(whole.buffer.byteLength).toBeLessThan(200_001);
  expect(all(chunks).join("")).toBe("x".repeat(100_000));
});

test("a full log still says how the build went on and ended", () => {
  const chunks = makeChunks(10);
  chunks.say("building\n");
  chunks.write(bytes("a long output"));
  chunks.write(bytes("more"));

  chunks.say("built\n");

  expect(all(chunks).join("")).toBe(`building\na${overflowMark(10)}built\n`);
});

test("a line of kiln's own does not fall into a character", () => {
  const chunks = makeChunks(1_000);
  const [first, second] = bytes("é");
  chunks.write(Uint8Array.of(0x61, first ?? 0));
  chunks.say("b");

  chunks.write(Uint8Array.of(second ?? 0));

  expect(all(chunks).join("")).toBe("a\ufffdb\ufffd");
});
