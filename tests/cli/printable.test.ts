import { expect, test } from "vitest";
import { oneLine, printable, printableJson } from "../../cli/printable.ts";

test.each([
  ["plain-1.0+git", "plain-1.0+git"],
  ["\u001b[2J", "\\x1b[2J"],
  ["a\nb", "a\\x0ab"],
  ["\u009b31m", "\\x9b31m"],
  ["right\u202eleft", "right\\u{202e}left"],
  ["zero\u200bwidth", "zero\\u{200b}width"],
  ["grün ✓", "grün ✓"],
])("%j is printed as %s", (text, printed) => {
  expect(printable(text)).toBe(printed);
});

test("several lines become one", () => {
  expect(oneLine("  fatal:\n\n  no such thing\r\n")).toBe("fatal:; no such thing");
});

test("JSON keeps its meaning, and holds nothing that a terminal acts on", () => {
  const value = { text: "a\u202eb\u009bc\u2028d\u{e0001}e ✓" };

  const json = printableJson(JSON.stringify(value));

  expect(json).toBe('{"text":"a\\u202eb\\u009bc\\u2028d\\udb40\\udc01e ✓"}');
  expect(JSON.parse(json)).toEqual(value);
});
