/**
 * The largest chunk, in bytes of UTF-8. As JSON a control character takes six times its place, and the bus
 * takes 256 KiB.
 */
export const chunkBytes = 40 * 1024;

export const overflowMark = (limit: number) =>
  `\n:: kiln :: the log is over ${limit / 1024 / 1024} MiB, the rest of it is not kept\n`;

export type Chunks = {
  /** Takes what a program printed; a character may be split over two calls. */
  write(bytes: Uint8Array): void;
  /** The next text of at most `chunkBytes`, or nothing. */
  next(): string | undefined;
  /** Everything taken so far, in UTF-8. */
  whole(): Uint8Array[];
};

/**
 * Output as text, of at most `limit` bytes and a mark that says so. What is no UTF-8 becomes U+FFFD.
 */
export const makeChunks = (limit: number): Chunks => {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const encoder = new TextEncoder();
  const kept: Uint8Array[] = [];
  const waiting: Uint8Array[] = [];
  let bytes = 0;
  let full = false;

  const keep = (piece: Uint8Array) => {
    kept.push(piece);
    waiting.push(piece);
  };

  return {
    write(printed) {
      if (full) return;
      const piece = encoder.encode(decoder.decode(printed, { stream: true }));
      const fitting = piece.subarray(0, boundary(piece, limit - bytes));
      bytes += fitting.byteLength;
      if (fitting.byteLength > 0) keep(fitting);
      full = fitting.byteLength < piece.byteLength;
      if (full) keep(encoder.encode(overflowMark(limit)));
    },

    next() {
      const taken: Uint8Array[] = [];
      let room = chunkBytes;
      while (room > 0) {
        const piece = waiting.shift();
        if (!piece) break;
        const end = boundary(piece, room);
        if (end > 0) taken.push(piece.subarray(0, end));
        if (end < piece.byteLength) {
          waiting.unshift(piece.subarray(end));
          break;
        }
        room -= end;
      }
      return taken.length === 0
        ? undefined
        : new TextDecoder("utf-8", { ignoreBOM: true }).decode(Buffer.concat(taken));
    },

    whole: () => kept,
  };
};

/** The longest part of at most `room` bytes that ends where a character does. */
const boundary = (utf8: Uint8Array, room: number) => {
  if (utf8.byteLength <= room) return utf8.byteLength;
  let end = room;
  while (end > 0 && isContinuation(utf8[end])) end -= 1;
  return end;
};

const isContinuation = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;
