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
  /** Takes a line of kiln's own, which are few, whatever the limit is. */
  say(text: string): void;
  /** The next text of at most `chunkBytes`, or nothing. */
  next(): string | undefined;
  /** Everything taken so far, in UTF-8. */
  whole(): Uint8Array;
};

/**
 * Output as text: of what programs print at most `limit` bytes and a mark that says so. What is no UTF-8 becomes U+FFFD.
 * All in one piece: programs that print byte by byte would else take hundreds of bytes for each.
 */
export const makeChunks = (limit: number): Chunks => {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const encoder = new TextEncoder();
  let room = new Uint8Array(16 * 1024);
  let bytes = 0;
  let given = 0;
  let full = false;

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

  return {
    say(text) {
      // A character that a program printed half ends here.
      if (!full) keep(encoder.encode(decoder.decode()));
      keep(encoder.encode(text));
    },

    write(printed) {
      if (full) return;
      const piece = encoder.encode(decoder.decode(printed, { stream: true }));
      const fitting = piece.subarray(0, boundary(piece, Math.max(0, limit - bytes)));
      keep(fitting);
      full = fitting.byteLength < piece.byteLength;
      if (full) keep(encoder.encode(overflowMark(limit)));
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
