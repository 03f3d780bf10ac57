import { expect, test } from "vitest";
import { logCleaner } from "../../cli/clean-log.ts";

const cleaned = (...chunks: readonly string[]) => {
  const cleaner = logCleaner({ live: false });
  return chunks.map(cleaner.write).join("") + cleaner.end();
};

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
  ["line\r\nover\rwritten", "line\nwritten"],
  ["right\u202eleft \u2066isolated\u2069", "right\\u{202e}left \\u{2066}isolated\\u{2069}"],
  ["zero\u200bwidth, line\u2028separator", "zero\\u{200b}width, line\\u{2028}separator"],
  ["bell\u0007 back\b c1\u009b31m", "bell back c131m"],
  ["✓ unicode stays", "✓ unicode stays"],
])("%j reaches the terminal as %j", (text, clean) => {
  expect(cleaned(text)).toBe(clean);
});

test("a sequence that is split between chunks is seen whole", () => {
  const text = "a\u001b[31mred\u001b[0m\u001b]0;title\u001b\\b\u001b[2Jc";

  expect(cleaned(...text)).toBe("a\u001b[31mred\u001b[0mbc");
});

test("a sequence that never ends does not keep the log back for ever", () => {
  const { write } = logCleaner({ live: true });

  write(`\u001b]${"x".repeat(5000)}`);

  expect(write("after")).toContain("after");
});

const bar = Array.from({ length: 2_000 }, (_, i) => `\rdownloading ${i / 20} %`).join("");

test.each([
  [`${bar}\ndone\n`, "downloading 99.95 %\ndone\n"],
  [`${bar}\r\ndone\n`, "downloading 99.95 %\ndone\n"],
  [bar, "downloading 99.95 %"],
  ["\u001b[2K\u001b[1Gone\u001b[2K\u001b[1Gtwo\n", "two\n"],
  ["\u001b[31mred\u001b[0m\rnot red\n", "\u001b[0mnot red\n"],
  ["\u001b[1m10 %\r20 %\n", "\u001b[1m20 %\n"],
  ["ends\r\u001b[0m\n", "ends\u001b[0m\n"],
])("a progress bar is one line, in its last state (%#)", (text, clean) => {
  expect(cleaned(text)).toBe(clean);
  expect(cleaned(...text)).toBe(clean);
});

test("a live reader sees each state of a progress bar on the same line, as it comes", () => {
  const { write } = logCleaner({ live: true });

  const printed = ["get 1 %", "\rget 2 %", "\r", "get 3 %\r\n", "done"].map(write);

  expect(printed).toEqual(["get 1 %", "\r\u001b[Kget 2 %", "", "\r\u001b[Kget 3 %\n", "done"]);
});
