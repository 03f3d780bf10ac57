/**
 * Names of archive members as repo-add(8) lists them: sorted by their bytes, each once, and with
 * escapes for what would not print. Source: safe_fprintf in libarchive's tar/util.c.
 */
export const listingOf = (names: readonly string[]) =>
  [...new Set(names.map(printable))]
    .map((name) => Buffer.from(name))
    .sort(Buffer.compare)
    .map((name) => name.toString("utf8"));

const printable = (name: string) => name.replace(/[\p{Cc}\\]/gu, escaped);

const escaped = (character: string) =>
  letters.get(character) ?? [...Buffer.from(character)].map(octal).join("");

const octal = (byte: number) => `\\${byte.toString(8).padStart(3, "0")}`;

const letters = new Map([
  ["\x07", "\\a"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\v", "\\v"],
  ["\\", "\\\\"],
]);
