import type { Excerpt } from "#shared/messages/facts.ts";
import { plainLine } from "./plain-line.ts";
import { reasons } from "./reasons.ts";

const most = { lines: 12, characters: 500, causes: 9, context: 4 };

/** A cause lies at most so many lines before the first line that only reports a failure. */
const near = 300;

/** What a line reports: the cause of a failure, a possible cause, or only the failure. */
export type LineClass = "cause" | "perhaps" | "consequence" | "other" | "kiln";

/** kiln's line about a connection that the network rules refused. */
export const refusal = /^:: kiln :: (?=the connection to \S+ was refused)/;

/** Of a line without colours and controls. */
export const classOf = (line: string): LineClass => {
  if (line.startsWith(":: kiln :: ")) return "kiln";
  if (benign.test(line)) return "other";
  if (consequence.test(line)) return "consequence";
  if (!ofNinja.test(line) && causes.some((it) => it.test(line))) return "cause";
  return perhaps.test(line) ? "perhaps" : "other";
};

/** Looks like an error and is none. */
const benign =
  /^(?:checking |-- (?:Looking for|Performing|Check)|\s*Compiling |\[ *\d+%\] |ok \d)|\bwarning:|\(ignored\)$|^\s*(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|rustc) |\b0 errors?\b|\.\.\. (?:ok|Passed|PASS)$/i;

const consequence =
  /^(?:g?make|ninja|gmake)(?:\[\d+\])?: (?:\*\*\* |build stopped|Target .* not remade)|^==> ERROR: (?:A failure occurred in|One or more |Could not resolve all)|^\s+Aborting\.\.\.$|collect2: error: ld returned|^error: (?:could not compile|aborting due to|build failed)|^Errors? occurred|^npm (?:ERR!|error) (?:A complete log|Lifecycle script)|^-- Configuring incomplete/;

/** ninja's line before the command that failed and what that printed. */
const ofNinja = /^FAILED: /;

const causes: readonly RegExp[] = [
  // makepkg and pacman.
  /^==> ERROR: /,
  /\bFAILED\b/,
  /^:: \S+ and \S+ are in conflict/,
  // Compilers, linkers, git, curl and most others.
  /(?:^|[\s:)])(?:fatal |internal compiler )?error(?:\[\w+\])?: /i,
  /(?:^|[\s:])fatal: /,
  /undefined reference to |cannot find -l|multiple definition of /,
  /^CMake Error|^configure: error|: error [A-Z]+\d+: /,
  /\*\*\* No rule to make target/,
  /^npm (?:ERR!|error) /,
  /^curl: \(\d+\)/,
  // Go names no "error".
  /^(?:\S+\/)?[\w.-]+\.go:\d+:\d+: /,
  // Exceptions of Python, Node, Java and Ruby; panics of Rust and Go.
  /^(?:\s*E\s+|\S+:\d+: )?(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception)(?:: |$)/,
  /^Exception in thread |panicked at |^panic: /,
  // Tests.
  /^not ok \d|^--- FAIL: |\(FAILED\)$|\*\*\*(?:Failed|Exception|Timeout)/,
  /Segmentation fault|core dumped|Killed$|Illegal instruction/,
  ...reasons.flatMap(({ pattern, weak }) => (weak ? [] : [pattern])),
];

const perhaps =
  /^FAILED: |No such file or directory|Permission denied|Operation not permitted|command not found|: not found$|cannot (?:open|find|access|create|stat)|\bfailed\b/i;

/** A line that goes on with the error before it. */
const continues = /^\s+\S|^\s*(?:\d+ )?\||^(?:note|help|info): |: note: /;

/** The first error lines of a part of a log that failed: `from` is its first line, from 1. Null where there is none. */
export const excerptOf = (log: string, from = 1): Excerpt | null => {
  const part = linesFrom(log, from);
  const classes = part.map(classOf);
  const chosen = choose(part, classes);
  const [first] = chosen;
  if (first === undefined) return null;
  return {
    line: from + first,
    lines: chosen.map((index) => cut(part[index] ?? "")),
  };
};

/** The last lines of a part of a log, whatever they are: of something that was stopped. */
export const lastLinesOf = (log: string, from = 1): Excerpt | null => {
  const part = linesFrom(log, from);
  const told = part.flatMap((line, index) =>
    line === "" || classOf(line) === "kiln" ? [] : [index],
  );
  const chosen = told.slice(-most.lines);
  const [first] = chosen;
  if (first === undefined) return null;
  return { line: from + first, lines: chosen.map((index) => cut(part[index] ?? "")) };
};

const linesFrom = (log: string, from: number) =>
  log
    .split("\n")
    .slice(Math.max(0, from - 1))
    .map(plainLine);

/** Places of the lines to show, ascending. */
const choose = (lines: readonly string[], classes: readonly LineClass[]) => {
  const placesOf = (wanted: LineClass) =>
    classes.flatMap((it, index) => (it === wanted ? [index] : []));
  const consequences = placesOf("consequence");
  const end = consequences[0] ?? lines.length;
  const found = placesOf("cause");
  const close = found.filter((index) => index < end && index >= end - near);
  const chosen = new Set<number>();
  if (found.length > 0) withContext(lines, classes, close.length > 0 ? close : found, chosen);
  else before(lines, classes, end, chosen);
  const last = consequences.filter((index) => lines[index]?.startsWith("==> ERROR: "));
  for (const index of last.slice(-2)) if (chosen.size < most.lines) chosen.add(index);
  const refused = lines.findIndex((line) => refusal.test(line));
  if (refused !== -1 && chosen.size < most.lines) chosen.add(refused);
  return [...chosen].sort((a, b) => a - b);
};

/** Causes, each with the lines that go on with it; of equal lines the first. */
const withContext = (
  lines: readonly string[],
  classes: readonly LineClass[],
  found: readonly number[],
  chosen: Set<number>,
) => {
  const seen = new Set<string>();
  for (const index of found) {
    if (chosen.size >= most.causes) return;
    const line = lines[index] ?? "";
    if (seen.has(line)) continue;
    seen.add(line);
    for (const before of tracebackOf(lines, index)) chosen.add(before);
    chosen.add(index);
    for (const next of contextOf(lines, classes, index))
      if (chosen.size < most.causes) chosen.add(next);
  }
};

/** The lines that go on with an error, over empty ones between them. */
const contextOf = (lines: readonly string[], classes: readonly LineClass[], index: number) => {
  const context: number[] = [];
  for (let next = index + 1; context.length < most.context; next += 1) {
    const line = lines[next];
    if (line === undefined || classes[next] !== "other") break;
    if (continues.test(line)) context.push(next);
    else if (line !== "" || lines[next - 1] === "") break;
  }
  return context;
};

/** The lines of Python's traceback that lead to an exception, the innermost two. */
const tracebackOf = (lines: readonly string[], index: number) =>
  /^\s+File ".*", line \d+/.test(lines[index - 2] ?? "") ? [index - 2, index - 1] : [];

/** Where nothing names a cause: the last lines before it failed, and lines further above that may. */
const before = (
  lines: readonly string[],
  classes: readonly LineClass[],
  end: number,
  chosen: Set<number>,
) => {
  const told = lines.flatMap((line, index) =>
    index < end && line !== "" && classes[index] !== "kiln" ? [index] : [],
  );
  const hints = told.filter((index) => classes[index] === "perhaps" && index >= end - near);
  for (const index of [...hints.slice(-3), ...told.slice(-(most.causes - 3))]) chosen.add(index);
};

const cut = (line: string) =>
  [...line].slice(0, most.characters).join("").slice(0, most.characters);
