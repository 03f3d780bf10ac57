import { expect, test } from "vitest";
import { oneLine, printable } from "../../cli/printable.ts";

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
