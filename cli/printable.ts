/** Text of others on one line of a terminal: what it could be commanded with is shown instead of done. */
export const printable = (text: string) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, shown);

/** Several lines as one. */
export const oneLine = (text: string) =>
  printable(
    text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "")
      .join("; "),
  );

/** A log without controls but for tabs; what turns the direction of text, or has no width, is shown instead of done. */
export const withoutCommands = (text: string) =>
  text
    .replace(/\p{Cc}/gu, (it) => (it === "\n" || it === "\t" ? it : ""))
    .replace(/[\p{Cf}\p{Zl}\p{Zp}]/gu, shown);

/** JSON that means the same and holds no character that a terminal acts on. */
export const printableJson = (json: string) =>
  json.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, index) => escapeOf(character, index)).join(""),
  );

const shown = (character: string) => {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
};

const escapeOf = (text: string, index: number) =>
  `\\u${text.charCodeAt(index).toString(16).padStart(4, "0")}`;
