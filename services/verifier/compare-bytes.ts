import { createHash } from "node:crypto";

type Bytes = AsyncIterable<Uint8Array>;

/**
 * Reads two files to their ends. `differsAt` is the first byte, counted from 0, that is not the same in both;
 * absent when they are equal.
 */
export const compareBytes = async (first: Bytes, second: Bytes) => {
  const [hashOfOne, hashOfOther] = [createHash("sha256"), createHash("sha256")];
  const one = piecesOf(first, (piece) => hashOfOne.update(piece));
  const other = piecesOf(second, (piece) => hashOfOther.update(piece));
  let differsAt: number | undefined;
  for (let at = 0; ; ) {
    const [a, b] = [await one.peek(), await other.peek()];
    if (!a && !b) break;
    const length = Math.min(a?.byteLength ?? Infinity, b?.byteLength ?? Infinity);
    if (differsAt === undefined) {
      const found = a && b ? mismatchIn(a.subarray(0, length), b.subarray(0, length)) : 0;
      if (found !== undefined) differsAt = at + found;
    }
    if (a) one.take(length);
    if (b) other.take(length);
    at += length;
  }
  return {
    sha256: [hashOfOne.digest("hex"), hashOfOther.digest("hex")] as const,
    ...(differsAt !== undefined && { differsAt }),
  };
};

/** A stream that is read in pieces of any length. */
const piecesOf = (source: Bytes, each: (piece: Uint8Array) => void) => {
  const chunks = source[Symbol.asyncIterator]();
  let rest: Uint8Array | undefined;
  return {
    /** What was read and not taken yet, never empty; undefined at the end. */
    async peek() {
      while (!rest?.byteLength) {
        const { value, done } = await chunks.next();
        if (done) return undefined;
        each(value);
        rest = value;
      }
      return rest;
    },
    take(length: number) {
      rest = rest?.subarray(length);
    },
  };
};

const mismatchIn = (a: Uint8Array, b: Uint8Array) => {
  if (Buffer.compare(a, b) === 0) return undefined;
  return a.findIndex((byte, index) => byte !== b[index]);
};
