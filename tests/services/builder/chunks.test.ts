import { expect, test } from "vitest";
import { largestMessage } from "#shared/bus/prepare.ts";
import { chunkBytes, fullMark, gapMark, makeChunks } from "../../../services/builder/chunks.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

const limits = { head: 1024 * 1024, tail: 1024 * 1024 };
const small = { head: 10, tail: 10 };

const all = (chunks: ReturnType<typeof makeChunks>) => {
  const texts: string[] = [];
  for (let text = chunks.next(); text !== undefined; text = chunks.next()) texts.push(text);
  return texts;
};

test("what was written comes out once, and is kept whole", () => {
  const chunks = makeChunks(limits);

  chunks.write(bytes("one "));
  chunks.write(bytes("two"));

  expect(all(chunks)).toEqual(["one two"]);
  expect(all(chunks)).toEqual([]);
  expect(Buffer.from(chunks.whole()).toString()).toBe("one two");
});

test("a character that came in two pieces is one", () => {
  const chunks = makeChunks(limits);
  const [first, ...rest] = bytes("é");

  chunks.write(Uint8Array.of(first ?? 0));
  chunks.write(Uint8Array.from(rest));

  expect(all(chunks)).toEqual(["é"]);
});

test("what is no UTF-8 is replaced, and a byte order mark is not lost", () => {
  const chunks = makeChunks(limits);

  chunks.write(Uint8Array.of(0x61, 0xff, 0x62));
  chunks.write(bytes("\ufeffc"));

  expect(all(chunks)).toEqual(["a\ufffdb\ufeffc"]);
});

test("a chunk is no longer than a message can hold, and ends where a character does", () => {
  const chunks = makeChunks(limits);
  const text = "€".repeat(50_000);

  chunks.write(bytes(text));

  const texts = all(chunks);
  expect(texts.join("")).toBe(text);
  expect(texts.every((it) => bytes(it).byteLength <= chunkBytes)).toBe(true);
  expect(texts).toHaveLength(4);
});

test("a chunk of control characters fits into a message", () => {
  const chunks = makeChunks(limits);

  chunks.write(new Uint8Array(200_000));

  expect(Math.max(...all(chunks).map((text) => JSON.stringify(text).length))).toBeLessThan(
    largestMessage - 1024,
  );
});

const mebi = 1024 * 1024;

test("of a long log the beginning and the end are kept, with marks between them, once", () => {
  const chunks = makeChunks({ head: mebi, tail: 12 });

  for (let i = 0; i < 3; i += 1) chunks.write(bytes("€".repeat(200_000)));
  chunks.write(bytes("\nthe\nreason\n"));
  chunks.finish();

  const head = Math.floor(mebi / 3);
  const lost = 3 * (600_000 - head) + "\n".length;
  const text = all(chunks).join("");
  expect(text).toBe(
    `${"€".repeat(head)}${fullMark({ head: mebi, tail: 12 })}${gapMark(1, lost)}the\nreason\n`,
  );
  expect(Buffer.from(chunks.whole()).toString()).toBe(text);
});

test("a log whose end fits as well has nothing left out", () => {
  const chunks = makeChunks(small);

  chunks.write(bytes("0123456789abc\n"));
  chunks.finish();

  expect(all(chunks).join("")).toBe(`0123456789${fullMark(small)}abc\n`);
});

test("an end without a line end near its beginning starts with a whole character", () => {
  const chunks = makeChunks({ head: 2, tail: 4 });

  chunks.write(bytes("ab€€"));
  chunks.finish();

  expect(all(chunks).join("")).toBe(`ab${fullMark({ head: 2, tail: 4 })}${gapMark(0, 3)}€`);
});

test("the first mark is there before the end", () => {
  const chunks = makeChunks(small);

  chunks.write(bytes("0123456789abc\n"));

  expect(all(chunks).join("")).toBe(`0123456789${fullMark(small)}`);
});

test("what is printed byte by byte takes no more room than it has bytes, and as much again", () => {
  const chunks = makeChunks(limits);

  for (let i = 0; i < 100_000; i += 1) chunks.write(Uint8Array.of(0x78));

  const whole = chunks.whole();
  expect(whole.byteLength).toBe(100_000);
  expect(whole.buffer.byteLength).toBeLessThan(200_001);
  expect(all(chunks).join("")).toBe("x".repeat(100_000));
});

test("lines of kiln's own are kept, also those between a beginning and an end", () => {
  const chunks = makeChunks(small);
  chunks.say("\nbuilding\n\n");
  chunks.write(bytes("a long output\n"));
  chunks.say("\npackages\n\n");
  chunks.write(bytes("more and more\n"));

  chunks.say("\nbuilt\n\n");
  chunks.finish();

  const lost = "a long output\n\npackages\n\nmore and more\n".length;
  expect(all(chunks).join("")).toBe(
    `\nbuilding\n\n${fullMark(small)}${gapMark(5, lost)}\npackages\n\n\nbuilt\n\n`,
  );
});

test("each line that is kept is found where it stands, and one that is not, where it is missing", () => {
  const chunks = makeChunks({ head: 30, tail: 30 });
  const places = new Map<string, number>();
  const print = (text: string) => {
    places.set(text, chunks.line());
    chunks.write(bytes(`${text}\n`));
  };
  const say = (text: string) => {
    places.set(text, chunks.line() + 1);
    chunks.say(`\n${text}\n\n`);
  };
  for (const text of ["one", "two"]) print(text);
  say("first step");
  for (let i = 0; i < 20; i += 1) print(`lost ${i}`);
  say("second step");
  for (let i = 20; i < 40; i += 1) print(`lost ${i}`);

  for (const text of ["next to last", "the last"]) print(text);
  chunks.finish();

  const kept = Buffer.from(chunks.whole()).toString().split("\n");
  const lineOf = (text: string) => kept[chunks.place(places.get(text) ?? 0) - 1];
  for (const text of ["one", "two", "first step", "second step", "next to last", "the last"])
    expect(lineOf(text)).toBe(text);
  expect(lineOf("lost 10")).toContain("this log is over");
});

test("a line of kiln's own does not fall into a character", () => {
  const chunks = makeChunks(limits);
  const [first, second] = bytes("é");
  chunks.write(Uint8Array.of(0x61, first ?? 0));
  chunks.say("b");

  chunks.write(Uint8Array.of(second ?? 0));

  expect(all(chunks).join("")).toBe("a\ufffdb\ufffd");
});
