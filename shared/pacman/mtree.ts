import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { Fault } from "#shared/fault.ts";

/** What a package should put into the root, as its .MTREE says. */
export type MtreeEntry = {
  /** Without the leading `./`. */
  readonly path: string;
  /** `file`, `dir`, `link` … of mtree(5). */
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Milliseconds since the Unix epoch. */
  readonly time?: number;
  /** In bytes. */
  readonly size?: number;
  readonly sha256?: string;
  /** Where a symbolic link points to. */
  readonly link?: string;
};

/** Of the text: room for half a million files. */
const MOST_BYTES = 128 * 1024 * 1024;

/** Reads a gzipped .MTREE as `bsdtar --format=mtree` writes it. Source: mtree(5). */
export const readMtree = async (gzipped: Uint8Array): Promise<MtreeEntry[]> => {
  const text = await promisify(gunzip)(gzipped, { maxOutputLength: MOST_BYTES }).catch(
    (cause: unknown) => {
      throw new Fault("invalid", `.MTREE is no gzip of at most ${MOST_BYTES} bytes`, { cause });
    },
  );
  return parseMtree(text.toString("utf8"));
};

const parseMtree = (text: string) => {
  const defaults = new Map<string, string>();
  return text.split("\n").flatMap((line, index) => {
    if (line === "" || line.startsWith("#")) return [];
    const [path = "", ...words] = line.split(" ");
    const keywords = words.map((word) => splitWord(word));
    if (path === "/set") for (const [name, value] of keywords) defaults.set(name, value);
    if (path === "/unset") for (const [name] of keywords) defaults.delete(name);
    if (path.startsWith("/")) return [];
    return [entryOf(path, new Map([...defaults, ...keywords]), index + 1)];
  });
};

const splitWord = (word: string) => {
  const equals = word.indexOf("=");
  return equals === -1
    ? ([word, ""] as const)
    : ([word.slice(0, equals), word.slice(equals + 1)] as const);
};

const entryOf = (path: string, keywords: ReadonlyMap<string, string>, line: number): MtreeEntry => {
  const number = (name: string, pattern: RegExp, radix = 10) => {
    const value = keywords.get(name);
    if (value === undefined) return undefined;
    if (!pattern.test(value))
      throw new Fault("invalid", `line ${line} of .MTREE: ${name}=${value}`);
    return Number.parseInt(value, radix);
  };
  const time = number("time", /^\d{1,12}(\.\d+)?$/);
  const size = number("size", /^\d{1,15}$/);
  const sha256 = keywords.get("sha256digest");
  const link = keywords.get("link");
  return {
    path: decode(path.replace(/^\.\//, "")),
    type: keywords.get("type") ?? "file",
    mode: number("mode", /^[0-7]{1,6}$/, 8) ?? 0,
    uid: number("uid", /^\d{1,10}$/) ?? 0,
    gid: number("gid", /^\d{1,10}$/) ?? 0,
    ...(time !== undefined && { time: time * 1_000 }),
    ...(size !== undefined && { size }),
    ...(sha256 !== undefined && { sha256 }),
    ...(link !== undefined && { link: decode(link) }),
  };
};

/** `\040` is the byte 0o40; several may make one character of UTF-8. */
const decode = (text: string) => {
  if (!text.includes("\\")) return text;
  const bytes = Buffer.from(text).toString("latin1");
  const plain = bytes.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return Buffer.from(plain, "latin1").toString("utf8");
};
