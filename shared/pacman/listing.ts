/**
 * Names of archive members as repo-add(8) lists them: composed (NFC), sorted by their bytes, each once, and with escapes for
 * what would not print. Source: archive_strncat_l and safe_fprintf in libarchive, by which pacman installs them too.
 */
export const listingOf = (names: readonly string[]) =>
  [...new Set(names.map(printable))]
    .map((name) => Buffer.from(name))
    .sort(Buffer.compare)
    .map((name) => name.toString("utf8"));

const printable = (name: string) =>
  name
    .replace(decomposed, (text) => text.normalize("NFC"))
    .replace(/[\p{Cc}\p{Cn}\p{Zl}\p{Zp}\\]/gu, escaped);

/** A letter with marks, or a Korean syllable in its parts; libarchive leaves all else as it is. */
const decomposed = /\P{M}\p{M}+|[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?/gu;

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
