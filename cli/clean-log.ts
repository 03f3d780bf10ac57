import { withoutCommands } from "./printable.ts";

const esc = "\u001b";
const bell = "\u0007";

/** Longest unfinished sequence that is waited for. */
const longest = 4096;

export type LogCleaner = {
  /** What of a chunk is to be printed now. */
  write(chunk: string): string;
  /** What is left of a line that has no end. */
  end(): string;
};

/**
 * Lets a log through to a terminal but for what would move the cursor, set titles, answer back or turn the direction of
 * text: of escape sequences only colours and weights pass. Of a line that a progress bar overwrites, the last state
 * stays: a `live` reader sees each state in the place of the one before. Chunks may break anywhere; what one leaves open
 * waits for the next.
 */
export const logCleaner = ({ live }: { readonly live: boolean }): LogCleaner => {
  const line = live ? overwriting() : lastStates();
  let rest = "";
  return {
    write(chunk) {
      let text = rest + chunk;
      rest = "";
      for (;;) {
        const start = text.indexOf(esc);
        if (start === -1) {
          print(text, line);
          return line.take();
        }
        print(text.slice(0, start), line);
        text = text.slice(start + 1);
        const length = lengthOfSequence(text);
        if (length === undefined && text.length < longest) {
          rest = esc + text;
          return line.take();
        }
        const sequence = text.slice(0, length ?? 0);
        if (isRendition(sequence)) line.colour(esc + sequence);
        if (isFirstColumn(sequence)) line.back();
        text = text.slice(sequence.length);
      }
    },
    end: () => line.end() + line.take(),
  };
};

/** Lines as they are printed, and overwritten. */
type Lines = {
  /** Text without controls. */
  text(text: string): void;
  colour(sequence: string): void;
  /** The cursor goes to the first column. */
  back(): void;
  newline(): void;
  /** What can be printed of the above. */
  take(): string;
  end(): string;
};

/** Holds each line until it ends. */
const lastStates = (): Lines => {
  let done = "";
  let line = "";
  let isBack = false;
  return {
    text(text) {
      if (isBack) line = coloursOf(line);
      isBack = false;
      line += text;
    },
    colour(sequence) {
      line += sequence;
    },
    back() {
      isBack = true;
    },
    newline() {
      done += `${line}\n`;
      line = "";
      isBack = false;
    },
    take() {
      const taken = done;
      done = "";
      return taken;
    },
    end() {
      const last = line;
      line = "";
      return last;
    },
  };
};

/** Prints at once, and clears a line that is overwritten. */
const overwriting = (): Lines => {
  let done = "";
  let isBack = false;
  return {
    text(text) {
      if (isBack) done += `\r${esc}[K`;
      isBack = false;
      done += text;
    },
    colour(sequence) {
      done += sequence;
    },
    back() {
      isBack = true;
    },
    newline() {
      done += "\n";
      isBack = false;
    },
    take() {
      const taken = done;
      done = "";
      return taken;
    },
    end: () => "",
  };
};

const print = (text: string, line: Lines) => {
  for (const part of text.split(/([\r\n])/)) {
    if (part === "\n") line.newline();
    else if (part === "\r") line.back();
    else if (part !== "") {
      const clean = withoutCommands(part);
      if (clean !== "") line.text(clean);
    }
  }
};

/** The colours that a text leaves behind: those since they were last set back. */
const coloursOf = (line: string) => {
  const sequences = line.split(esc).slice(1).map(renditionIn);
  return sequences
    .slice(
      Math.max(
        0,
        sequences.findLastIndex((it) => /^\[[0;]*m$/.test(it)),
      ),
    )
    .map((it) => esc + it)
    .join("");
};

const isRendition = (sequence: string) => /^\[[\d;:]*m$/.test(sequence);

const renditionIn = (text: string) => /^\[[\d;:]*m/.exec(text)?.[0] ?? "";

/** The cursor's column. Source: ECMA-48, CHA. */
const isFirstColumn = (sequence: string) => /^\[[01]?G$/.test(sequence);

/** How much belongs to the sequence after its escape; `undefined`: more is to come. Source: ECMA-48. */
const lengthOfSequence = (text: string): number | undefined => {
  if (/^(?:\[[0-?]*[ -/]*)?$/.test(text)) return undefined;
  const [control] = /^\[[0-?]*[ -/]*[@-~]/.exec(text) ?? [];
  if (control !== undefined) return control.length;
  if (/^[\]PX^_]/.test(text)) return lengthOfString(text);
  return /^[ -/]*[0-~]/.exec(text)?.[0].length ?? 0;
};

/** A control string lasts until BEL or ST, or until something breaks it off. */
const lengthOfString = (text: string) => {
  const end = text.search(/\p{Cc}/u);
  if (end === -1 || (text[end] === esc && end + 1 === text.length)) return undefined;
  if (text[end] === bell) return end + 1;
  return text.startsWith(`${esc}\\`, end) ? end + 2 : end;
};
