import { isContinuation, lineEnds, makeTail, type Tail } from "./tail.ts";

/**
 * The largest chunk, in bytes of UTF-8. As JSON a control character takes six times its place, and the bus
 * takes 256 KiB.
 */
export const chunkBytes = 40 * 1024;

/** Bytes that are kept of the beginning and of the end of what programs print. */
export type Limits = { readonly head: number; readonly tail: number };

/** Stands where the beginning of a log is full. */
export const fullMark = ({ head, tail }: Limits) =>
  `\n:: kiln :: this log is over ${sizeOf(head)}: of what follows the last ${sizeOf(tail)} are kept, and shown at the end\n`;

/** Stands in the place of lines that are not kept. */
export const gapMark = (lines: number, bytes: number) =>
  `:: kiln :: ${lines} ${lines === 1 ? "line" : "lines"} (${sizeOf(bytes)}) are left out here\n`;

export type Chunks = {
  /** Takes what a program printed; a character may be split over two calls. */
  write(bytes: Uint8Array): void;
  /** Takes a line of kiln's own, which are few and always kept. */
  say(text: string): void;
  /** No program prints any more: the end of a log over its limit is put behind its beginning. */
  finish(): void;
  /** The next text of at most `chunkBytes`, or nothing. */
  next(): string | undefined;
  /** Everything kept so far, in UTF-8. */
  whole(): Uint8Array;
  /** The number of the line that is being written, from 1, as if all were kept. */
  line(): number;
  /** Where a line of `line` stands in what is kept; of one that is not kept, where it is missing. */
  place(line: number): number;
};

/**
 * Output as text: of what programs print the beginning and the end, and marks that say what is left out between them.
 * What is no UTF-8 becomes U+FFFD.
 * All in one piece: programs that print byte by byte would else take hundreds of bytes for each.
 */
export const makeChunks = (limits: Limits): Chunks => {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const encoder = new TextEncoder();
  let room = new Uint8Array(16 * 1024);
  let bytes = 0;
  let given = 0;
  let lines = 1;
  /** Once the head is full. */
  let over: Over | undefined;

  const keep = (piece: Uint8Array) => {
    const wanted = bytes + piece.byteLength;
    if (wanted > room.byteLength) {
      const larger = new Uint8Array(Math.max(wanted, room.byteLength * 2));
      larger.set(room.subarray(0, bytes));
      room = larger;
    }
    room.set(piece, bytes);
    bytes = wanted;
  };

  const take = (piece: Uint8Array) => {
    if (over && !over.isFinished) over.tail.write(piece);
    else keep(piece);
    lines += lineEnds(piece);
  };

  return {
    say(text) {
      // A character that a program printed half ends here.
      take(encoder.encode(decoder.decode()));
      over?.said.push({ at: over.tail.written(), line: lines, text });
      take(encoder.encode(text));
    },

    write(printed) {
      const piece = encoder.encode(decoder.decode(printed, { stream: true }));
      const fitting = over ? piece.byteLength : boundary(piece, Math.max(0, limits.head - bytes));
      take(piece.subarray(0, fitting));
      if (fitting === piece.byteLength) return;
      over = {
        tail: makeTail(limits.tail),
        line: lines,
        said: [],
        moved: new Map(),
        shift: 2,
        isFinished: false,
        first: lines,
      };
      keep(encoder.encode(fullMark(limits)));
      take(piece.subarray(fitting));
    },

    finish() {
      take(encoder.encode(decoder.decode()));
      if (!over || over.isFinished) return;
      over.isFinished = true;
      const { kept, lostBytes, lostLines } = over.tail.read();
      if (lostBytes > 0) {
        keep(encoder.encode(gapMark(lostLines, lostBytes)));
        let place = over.line + 3;
        for (const { at, line, text } of over.said) {
          if (at >= lostBytes) break;
          const said = encoder.encode(text);
          const count = lineEnds(said);
          for (let each = 0; each < count; each += 1) over.moved.set(line + each, place + each);
          keep(said);
          place += count;
        }
        over.first = over.line + lostLines;
        over.shift = place - over.first;
      }
      keep(kept);
    },

    next() {
      const rest = room.subarray(given, bytes);
      const taken = rest.subarray(0, boundary(rest, chunkBytes));
      given += taken.byteLength;
      return taken.byteLength === 0
        ? undefined
        : new TextDecoder("utf-8", { ignoreBOM: true }).decode(taken);
    },

    whole: () => room.subarray(0, bytes),

    line: () => lines,

    place(line) {
      if (!over || line <= over.line) return line;
      if (line >= over.first) return line + over.shift;
      return over.moved.get(line) ?? over.line + 1;
    },
  };
};

/** What is known of a log whose head is full. */
type Over = {
  readonly tail: Tail;
  /** The last line of the head. */
  readonly line: number;
  /** Lines of kiln's own since then, by where they begin in the tail. */
  readonly said: { readonly at: number; readonly line: number; readonly text: string }[];
  /** Where those of them are that stand in the gap. */
  readonly moved: Map<number, number>;
  /** The first line of the tail that is kept, and by how much it and those behind it are moved. */
  first: number;
  shift: number;
  isFinished: boolean;
};

/** The longest part of at most `room` bytes that ends where a character does. */
const boundary = (utf8: Uint8Array, room: number) => {
  if (utf8.byteLength <= room) return utf8.byteLength;
  let end = room;
  while (end > 0 && isContinuation(utf8[end])) end -= 1;
  return end;
};

const sizeOf = (bytes: number) =>
  bytes < 1024 ** 2 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
