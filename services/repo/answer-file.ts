/** What is served of a file; `modifiedAt` is shown and compared in whole seconds. */
export type Representation = {
  readonly bytes: number;
  /** Strong, with its quotes. */
  readonly etag: string;
  readonly modifiedAt: number;
};

/** `end` is excluded. */
export type Answer =
  | { readonly status: 200 | 304 | 412 | 416 }
  | { readonly status: 206; readonly start: number; readonly end: number };

/** What a GET or HEAD gets. Source: RFC 9110 §13.2.2 (order of conditions), §14.2 (ranges). */
export const answerFile = (
  method: string,
  headers: Headers,
  representation: Representation,
): Answer => {
  const { etag } = representation;
  const modifiedAt = Math.floor(representation.modifiedAt / 1_000) * 1_000;
  const [match, noneMatch] = [headers.get("if-match"), headers.get("if-none-match")];
  if (match !== null) {
    if (!lists(match, etag)) return { status: 412 };
  } else if (modifiedAt > dateOf(headers.get("if-unmodified-since"))) return { status: 412 };
  if (noneMatch !== null) {
    if (lists(noneMatch, etag)) return { status: 304 };
  } else if (modifiedAt <= dateOf(headers.get("if-modified-since"))) return { status: 304 };

  const range = headers.get("range");
  if (method !== "GET" || range === null) return { status: 200 };
  const condition = headers.get("if-range");
  if (condition !== null && condition !== etag && dateOf(condition) !== modifiedAt)
    return { status: 200 };
  return answerRange(range, representation.bytes);
};

/** One range; several, or another unit, are answered with the whole, as §14.2 allows. */
const answerRange = (range: string, bytes: number): Answer => {
  const [, first = "", last = ""] = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(range) ?? [];
  if (first === "" && last === "") return { status: 200 };
  if (first === "") {
    const length = Math.min(Number(last), bytes);
    return length === 0 ? { status: 416 } : { status: 206, start: bytes - length, end: bytes };
  }
  const start = Number(first);
  const end = last === "" ? bytes : Math.min(Number(last) + 1, bytes);
  if (last !== "" && Number(last) < start) return { status: 200 };
  return start < bytes ? { status: 206, start, end } : { status: 416 };
};

/** A weak tag of the same bytes is the same to If-None-Match; our own are all strong. */
const lists = (tags: string, etag: string) =>
  tags.trim() === "*" || tags.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);

/** No date is no condition: every comparison with it is false. */
const dateOf = (text: string | null) => (text === null ? Number.NaN : Date.parse(text));
