const newline = 0x0a;

/** How far into what is kept the first line may end, in bytes, for that line to be left out as one that is cut. */
const longestCut = 64 * 1024;

export type Tail = {
  /** Takes text in UTF-8, whole characters at a time. */
  write(utf8: Uint8Array): void;
  /** Bytes that were ever written. */
  written(): number;
  /** The last bytes, from the start of a line on where one is near; and how many bytes and line ends came before. */
  read(): {
    readonly kept: Uint8Array;
    readonly lostBytes: number;
    readonly lostLines: number;
  };
};

/** Keeps the last `room` bytes of what is written to it. */
export const makeTail = (room: number): Tail => {
  const ring = new Uint8Array(room);
  let written = 0;
  let lines = 0;
  return {
    write(utf8) {
      const kept = utf8.subarray(Math.max(0, utf8.byteLength - room));
      const at = (written + utf8.byteLength - kept.byteLength) % room;
      const first = kept.subarray(0, room - at);
      ring.set(first, at);
      ring.set(kept.subarray(first.byteLength), 0);
      written += utf8.byteLength;
      lines += lineEnds(utf8);
    },
    written: () => written,
    read() {
      if (written <= room) return { kept: ring.subarray(0, written), lostBytes: 0, lostLines: 0 };
      const end = written % room;
      const whole = new Uint8Array(room);
      whole.set(ring.subarray(end), 0);
      whole.set(ring.subarray(0, end), room - end);
      const kept = whole.subarray(startOfLine(whole));
      return {
        kept,
        lostBytes: written - kept.byteLength,
        lostLines: lines - lineEnds(kept),
      };
    },
  };
};

export const lineEnds = (utf8: Uint8Array) => {
  let count = 0;
  for (let at = utf8.indexOf(newline); at !== -1; at = utf8.indexOf(newline, at + 1)) count += 1;
  return count;
};

/** The place after the first line end, else of the first whole character. */
const startOfLine = (utf8: Uint8Array) => {
  const end = utf8.subarray(0, longestCut).indexOf(newline);
  if (end !== -1) return end + 1;
  let start = 0;
  while (isContinuation(utf8[start])) start += 1;
  return start;
};

/** Whether a byte of UTF-8 goes on with a character that began before. */
export const isContinuation = (byte: number | undefined) =>
  byte !== undefined && (byte & 0xc0) === 0x80;
