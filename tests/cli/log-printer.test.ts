import { expect, test } from "vitest";
import { logPrinter } from "../../cli/log-printer.ts";

const printed = (isTerminal: boolean, ...pieces: readonly string[]) => {
  const written: string[] = [];
  const printer = logPrinter({ output: { write: (text) => void written.push(text), isTerminal } });
  for (const piece of pieces) printer.print(piece);
  printer.end();
  return written.join("");
};

test.each([
  [["one\n", "two\n"], "one\ntwo\n"],
  [["one\n", "tw", "o"], "one\ntwo\n"],
  [["one\n", ""], "one\n"],
  [[], ""],
])("%j ends on a line of its own", (pieces, text) => {
  expect(printed(false, ...pieces)).toBe(text);
});

test("a terminal gets its own colours back", () => {
  expect(printed(true, "\u001b[31mred")).toBe("\u001b[31mred\u001b[0m\n");
});
