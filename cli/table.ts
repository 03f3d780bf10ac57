export type Cell = {
  readonly text: string;
  /** Colours it, once it is aligned. */
  readonly paint?: (text: string) => string;
};

/** Rows under a head, in columns two spaces apart, no spaces at ends of lines. */
export const formatTable = (rows: readonly (readonly Cell[])[]) => {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, { text }] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, lengthOf(text));
  return rows.map((row) => `${formatRow(row, widths)}\n`).join("");
};

const formatRow = (row: readonly Cell[], widths: readonly number[]) =>
  row
    .map(({ text, paint = (it) => it }, column) => {
      const isLast = column === row.length - 1;
      return paint(text) + (isLast ? "" : " ".repeat((widths[column] ?? 0) - lengthOf(text) + 2));
    })
    .join("")
    .trimEnd();

const lengthOf = (text: string) => [...text].length;
