/** One line of a run: when, what, by what process, about what. */
type Line = {
  readonly at: number;
  readonly kind: string;
  readonly actor: string;
  readonly subject: string;
  readonly id: string;
};

export type Trace = {
  add(at: number, kind: string, actor: string, subject: string, id?: string): void;
  /** All lines, or those from one place up to another. */
  lines(from?: number, to?: number): readonly string[];
  length(): number;
};

export const openTrace = (start: number): Trace => {
  const kept: Line[] = [];
  return {
    add: (at, kind, actor, subject, id = "") => void kept.push({ at, kind, actor, subject, id }),
    lines: (from = 0, to = kept.length) =>
      kept.slice(Math.max(0, from), to).map((line) => format(start, line)),
    length: () => kept.length,
  };
};

const format = (start: number, { at, kind, actor, subject, id }: Line) => {
  const seconds = ((at - start) / 1_000).toFixed(3).padStart(9);
  return `${seconds}  ${actor.padEnd(12)} ${kind.padEnd(8)} ${subject} ${shortIds(id)}`.trimEnd();
};

/** The ids of a run are numbered in their last digits. */
export const shortIds = (text: string) =>
  text.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-0*([0-9a-f]+)/g, "#$1");
