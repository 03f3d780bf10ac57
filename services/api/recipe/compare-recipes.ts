import { structuredPatch } from "diff";
import type { RecipeChange } from "#shared/recipe-views.ts";
import type { Recipe, RecipeFile } from "./read-snapshot.ts";

/**
 * What one answer may take: characters in it, lines that are compared, and changed lines of one file, as the time of a
 * comparison grows with their square. `context`: lines around each change.
 */
const most = { characters: 2 * 1024 * 1024, lines: 40_000, changes: 4_000, context: 3 };

/** What `after` changes of `before`, file by file, what matters most first. Without `before`, the files themselves. */
export const compareRecipes = (before: Recipe | undefined, after: Recipe): RecipeChange[] => {
  const paths = [...new Set([...(before?.keys() ?? []), ...after.keys()])].toSorted(
    (a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1),
  );
  const left = { characters: most.characters, lines: most.lines };
  return paths.map((path) => {
    const change = before
      ? changeOf(path, before.get(path), after.get(path), left)
      : contentOf(path, after.get(path));
    left.characters -= charactersOf(change);
    return left.characters < 0 ? { ...change, text: null, hunks: null, omitted: "large" } : change;
  });
};

/** PKGBUILD before install scripts, which pacman runs as root, before other files; .SRCINFO, which makepkg prints, last. */
const rankOf = (path: string) => {
  if (path === "PKGBUILD") return 0;
  if (path.endsWith(".install")) return 1;
  return path === ".SRCINFO" ? 3 : 2;
};

const contentOf = (path: string, file: RecipeFile | undefined): RecipeChange => {
  const text = file ? textOf(file) : null;
  return {
    path,
    mode: file?.mode ?? null,
    modeBefore: null,
    text: text ?? null,
    hunks: null,
    added: 0,
    removed: 0,
    omitted: text === undefined ? "binary" : null,
  };
};

const changeOf = (
  path: string,
  before: RecipeFile | undefined,
  after: RecipeFile | undefined,
  left: { lines: number },
): RecipeChange => {
  const modes = { mode: after?.mode ?? null, modeBefore: before?.mode ?? null };
  const without = (omitted: "binary" | "large") =>
    ({ path, ...modes, text: null, hunks: null, added: 0, removed: 0, omitted }) as const;
  const [old, now] = [before ? textOf(before) : "", after ? textOf(after) : ""];
  if (before && after && isEqual(before.content, after.content))
    return { path, ...modes, text: null, hunks: [], added: 0, removed: 0, omitted: null };
  if (old === undefined || now === undefined) return without("binary");
  left.lines -= linesIn(old) + linesIn(now);
  if (left.lines < 0) return without("large");
  const patch = structuredPatch(path, path, old, now, undefined, undefined, {
    context: most.context,
    maxEditLength: most.changes,
  });
  if (!patch) return without("large");
  const hunks = patch.hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => ({
    oldStart,
    oldLines,
    newStart,
    newLines,
    lines,
  }));
  const count = (sign: "+" | "-") =>
    hunks.reduce((sum, { lines }) => sum + lines.filter((it) => it.startsWith(sign)).length, 0);
  return {
    path,
    ...modes,
    text: null,
    hunks,
    added: count("+"),
    removed: count("-"),
    omitted: null,
  };
};

const isEqual = (a: Uint8Array, b: Uint8Array) =>
  a.byteLength === b.byteLength && a.every((byte, at) => byte === b[at]);

/** Undefined for what is no UTF-8 text. */
const textOf = ({ content }: RecipeFile) => {
  if (content.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
};

const linesIn = (text: string) => text.split("\n").length;

const charactersOf = ({ path, text, hunks }: RecipeChange) =>
  path.length +
  (text?.length ?? 0) +
  (hunks ?? []).reduce(
    (sum, { lines }) => sum + lines.reduce((length, line) => length + line.length + 4, 0),
    0,
  );
