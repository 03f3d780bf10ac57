/** Where a JSON text is not JSON; `offset` counts the characters up to where it was noticed. */
export class JsonError extends Error {
  override readonly name = "JsonError";
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** The offset after each value, by its dotted path; the whole text's is `""`. */
export type Ends = ReadonlyMap<string, number>;

const escapes = new Set(['"', "\\", "/", "b", "f", "n", "r", "t"]);

/** As deep as serde_json follows. */
const deepest = 127;

/**
 * Finds where values end, or where the text is wrong: for messages, after `JSON.parse` or a schema refused it.
 *
 * Source: the wording and positions of serde_json's de.rs and read.rs.
 */
export const locateValues = (text: string): Ends => {
  const ends = new Map<string, number>();
  let at = 0;

  const skipSpace = () => {
    while (" \t\n\r".includes(text[at] ?? "x")) at++;
  };
  /** Of the character read last, or of the one to be read next. */
  const failHere = (message: string) => new JsonError(message, at);
  const failNext = (message: string) => new JsonError(message, Math.min(at + 1, text.length));

  const readString = () => {
    const start = at++;
    for (;;) {
      const character = text[at++];
      if (character === undefined) throw failEnd("EOF while parsing a string");
      if (character < " ")
        throw failHere("control character (\\u0000-\\u001F) found while parsing a string");
      if (character === '"') return text.slice(start, at);
      if (character === "\\") readEscape();
    }
  };
  const readEscape = () => {
    const character = text[at++];
    if (character === undefined) throw failEnd("EOF while parsing a string");
    if (character === "u" && /^[0-9a-f]{4}$/i.test(text.slice(at, at + 4))) at += 4;
    else if (!escapes.has(character)) throw failHere("invalid escape");
  };
  const failEnd = (message: string) => new JsonError(message, text.length);

  const readWord = (word: string) => {
    for (const expected of word) {
      const found = text[at];
      if (found === undefined) throw failEnd("EOF while parsing a value");
      at++;
      if (found !== expected) throw failHere("expected ident");
    }
  };
  const readNumber = () => {
    const [number] = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?/i.exec(text.slice(at)) ?? [];
    if (number === undefined) throw failNext("invalid number");
    at += number.length;
  };

  const readList = (path: string, depth: number) => {
    at++;
    for (let index = 0; ; index++) {
      skipSpace();
      if (text[at] === "]") break;
      if (at >= text.length) throw failEnd("EOF while parsing a list");
      if (index > 0) {
        if (text[at] !== ",") throw failNext("expected `,` or `]`");
        at++;
        skipSpace();
        if (text[at] === "]") throw failNext("trailing comma");
      }
      readValue(join(path, String(index)), depth);
    }
    at++;
  };

  const readObject = (path: string, depth: number) => {
    at++;
    for (let first = true; ; first = false) {
      skipSpace();
      if (text[at] === "}") break;
      if (at >= text.length) throw failEnd("EOF while parsing an object");
      if (!first) {
        if (text[at] !== ",") throw failNext("expected `,` or `}`");
        at++;
        skipSpace();
        if (text[at] === "}") throw failNext("trailing comma");
        if (at >= text.length) throw failEnd("EOF while parsing a value");
      }
      if (text[at] !== '"') throw failNext("key must be a string");
      const key = readString().slice(1, -1);
      skipSpace();
      if (at >= text.length) throw failEnd("EOF while parsing an object");
      if (text[at] !== ":") throw failNext("expected `:`");
      at++;
      readValue(join(path, key), depth);
    }
    at++;
  };

  const readValue = (path: string, depth: number) => {
    skipSpace();
    const character = text[at];
    if (character === undefined) throw failEnd("EOF while parsing a value");
    if (depth > deepest) throw failNext("recursion limit exceeded");
    if (character === '"') readString();
    else if (character === "{") readObject(path, depth + 1);
    else if (character === "[") readList(path, depth + 1);
    else if (character === "t") readWord("true");
    else if (character === "f") readWord("false");
    else if (character === "n") readWord("null");
    else if (/[-\d]/.test(character)) readNumber();
    else throw failNext("expected value");
    ends.set(path, at);
  };

  readValue("", 0);
  skipSpace();
  if (at < text.length) throw failNext("trailing characters");
  return ends;
};

const join = (path: string, key: string) => (path === "" ? key : `${path}.${key}`);
