/** Characters of one piece. */
const pieceLength = 64 * 1024;

/** The log so far as the inside of a JSON string, in pieces: all who read it have the same, and none a copy. */
export type Transcript = {
  add(text: string): void;
  pieces(): readonly string[];
};

export const openTranscript = (): Transcript => {
  const pieces: string[] = [];
  return {
    add(text) {
      // What is half of a character is escaped here, and whole again beside its other half.
      const inside = JSON.stringify(text).slice(1, -1);
      const last = pieces.at(-1);
      if (last === undefined || last.length + inside.length > pieceLength) pieces.push(inside);
      else pieces[pieces.length - 1] = last + inside;
    },
    pieces: () => [...pieces],
  };
};
