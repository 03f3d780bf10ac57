import type { RecipeChange } from "#shared/recipe-views.ts";
import type { Colours } from "./colours.ts";

/** What has changed of a recipe, as git prints it and patch(1) reads it. `clean` makes a line of others fit to be shown. */
export const formatChanges = (
  files: readonly RecipeChange[],
  colours: Colours,
  clean: (line: string) => string,
) =>
  files
    .flatMap((file) => linesOf(file, clean))
    .map(({ kind, text }) => `${paintOf(kind, colours)(text)}\n`)
    .join("");

type Line = { readonly kind: "head" | "hunk" | "+" | "-" | " "; readonly text: string };

const linesOf = (file: RecipeChange, clean: (line: string) => string): Line[] => {
  const { mode, modeBefore, text, hunks, omitted } = file;
  const path = clean(file.path);
  const isSame = mode === modeBefore && hunks?.length === 0;
  if (isSame) return [];
  const head = (...texts: readonly string[]) =>
    texts.map((it): Line => ({ kind: "head", text: it }));
  const lines = head(`diff --git a/${path} b/${path}`, ...modeLines(mode, modeBefore));
  const [from, to] = [
    modeBefore === null ? "/dev/null" : `a/${path}`,
    mode === null ? "/dev/null" : `b/${path}`,
  ];
  if (omitted === "binary") return [...lines, ...head(`Binary files ${from} and ${to} differ`)];
  if (omitted === "large")
    return [...lines, ...head(`${from} and ${to} differ too much to be shown`)];
  const parts = hunks ?? (text ? [wholeOf(text)] : []);
  if (parts.length > 0) lines.push(...head(`--- ${from}`, `+++ ${to}`));
  for (const { oldStart, oldLines, newStart, newLines, lines: changed } of parts) {
    const range = `@@ -${rangeOf(oldStart, oldLines)} +${rangeOf(newStart, newLines)} @@`;
    lines.push({ kind: "hunk", text: range });
    for (const line of changed) lines.push({ kind: kindOf(line), text: clean(line) });
  }
  return lines;
};

const modeLines = (mode: string | null, before: string | null) => {
  if (before === null) return [`new file mode ${mode}`];
  if (mode === null) return [`deleted file mode ${before}`];
  return mode === before ? [] : [`old mode ${before}`, `new mode ${mode}`];
};

/** Of a range without lines, unified diffs name the line before it. */
const rangeOf = (start: number, lines: number) =>
  lines === 1 ? `${start}` : `${lines === 0 ? Math.max(0, start - 1) : start},${lines}`;

/** A whole file, as one that is new. */
const wholeOf = (text: string) => {
  const lines = text.split("\n");
  const isEnded = lines.at(-1) === "";
  if (isEnded) lines.pop();
  const added = lines.map((line) => `+${line}`);
  return {
    oldStart: 1,
    oldLines: 0,
    newStart: 1,
    newLines: lines.length,
    lines: isEnded ? added : [...added, "\\ No newline at end of file"],
  };
};

const kindOf = (line: string) => {
  const [sign] = line;
  return sign === "+" || sign === "-" ? sign : " ";
};

const paintOf = (kind: Line["kind"], { bold, cyan, green, red }: Colours) => {
  const paints = { head: bold, hunk: cyan, "+": green, "-": red, " ": (text: string) => text };
  return paints[kind];
};
