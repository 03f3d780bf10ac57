import { expect, test } from "vitest";
import { logCleaner } from "../../cli/clean-log.ts";

test.each([
  ["plain text\n\twith a tab\n", "plain text\n\twith a tab\n"],
  ["\u001b[1;32mgreen\u001b[0m", "\u001b[1;32mgreen\u001b[0m"],
  ["\u001b[38:2::1:2:3mdirect colour", "\u001b[38:2::1:2:3mdirect colour"],
  ["clear\u001b[2J\u001b[Hhome", "clearhome"],
  ["private\u001b[?1049hscreen", "privatescreen"],
  ["\u001b]0;title\u0007after", "after"],
  ["\u001b]8;;https://x.example\u001b\\link\u001b]8;;\u001b\\", "link"],
  ["\u001bPdevice\u001b\\after", "after"],
  ["\u001b]broken\noff", "\noff"],
  ["\u001bcreset", "reset"],
  ["\u001b(Bcharset", "charset"],
  ["line\r\nover\rwritten", "line\nover\nwritten"],
  ["bell\u0007 back\b c1\u009b31m", "bell back c131m"],
  ["✓ unicode stays", "✓ unicode stays"],
])("%j reaches the terminal as %j", (text, clean) => {
  expect(logCleaner()(text)).toBe(clean);
});

test("a sequence that is split between chunks is seen whole", () => {
  const text = "a\u001b[31mred\u001b[0m\u001b]0;title\u001b\\b\u001b[2Jc";

  const clean = logCleaner();
  const pieces = [...text].map(clean).join("");

  expect(pieces).toBe("a\u001b[31mred\u001b[0mbc");
});

test("a sequence that never ends does not keep the log back for ever", () => {
  const clean = logCleaner();

  clean(`\u001b]${"x".repeat(5000)}`);

  expect(clean("after")).toContain("after");
});
