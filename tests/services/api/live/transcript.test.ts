import { expect, test } from "vitest";
import { openTranscript } from "../../../../services/api/live/transcript.ts";

const textOf = (pieces: readonly string[]) => JSON.parse(`"${pieces.join("")}"`);

test.each([
  ["nothing", []],
  ["lines", ['say "yes"\n', "\u001b[1mno\u001b[0m\t\\\n"]],
  ["a character that comes in two halves", ["\ud83d", "\ude00 and so on"]],
])("what was added is the inside of one JSON string: %s", (_what, texts) => {
  const transcript = openTranscript();

  for (const text of texts) transcript.add(text);

  expect(textOf(transcript.pieces())).toBe(texts.join(""));
});

test("a long log has few pieces, and those that are full stay as they are", () => {
  const transcript = openTranscript();
  const lines = Array.from({ length: 10_000 }, (_, index) => `line ${index}\n`);
  for (const line of lines.slice(0, 9_000)) transcript.add(line);
  const before = transcript.pieces();

  for (const line of lines.slice(9_000)) transcript.add(line);

  const after = transcript.pieces();
  expect(after.length).toBeLessThan(5);
  expect(after.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
  expect(textOf(after)).toBe(lines.join(""));
});
