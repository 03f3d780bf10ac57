const esc = "\u001b";
const bell = "\u0007";

/** Longest unfinished sequence that is waited for. */
const longest = 4096;

/**
 * Lets a log through to a terminal but for what would move the cursor, set titles or answer back:
 * of escape sequences only colours and weights pass. Chunks may break anywhere; what one leaves open waits for the next.
 */
export const logCleaner = () => {
  let rest = "";
  return (chunk: string) => {
    let text = rest + chunk;
    let clean = "";
    rest = "";
    for (;;) {
      const start = text.indexOf(esc);
      if (start === -1) return clean + withoutControls(text);
      clean += withoutControls(text.slice(0, start));
      text = text.slice(start + 1);
      const length = lengthOfSequence(text);
      if (length === undefined && text.length < longest) {
        rest = esc + text;
        return clean;
      }
      if (isRendition(text)) clean += esc + text.slice(0, length);
      text = text.slice(length ?? 0);
    }
  };
};

const isRendition = (text: string) => /^\[[\d;:]*m/.test(text);

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

/** A carriage return could overwrite a line, so it ends it. */
const withoutControls = (text: string) =>
  text.replace(/\r\n?/g, "\n").replace(/\p{Cc}/gu, (it) => (it === "\n" || it === "\t" ? it : ""));
