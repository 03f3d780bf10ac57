/** Characters of a line that are looked at: what is minified may have millions. */
const longest = 4_000;

/** A line of a log without colours and controls; of what carriage returns overwrite, the last state. Long lines are cut. */
export const plainLine = (line: string) =>
  lastState(line.length > 4 * longest ? shortened(line) : line)
    .slice(0, longest)
    .replace(/\p{Cc}/gu, (it) => (it === "\t" ? " " : ""))
    .trimEnd();

const lastState = (line: string) =>
  line
    .split("\r")
    .map(withoutSequences)
    .findLast((state) => state.trim() !== "") ?? "";

/** The last state is at the end of the line, the cause of an error at its beginning. */
const shortened = (line: string) =>
  line.lastIndexOf("\r") > longest ? line.slice(-longest) : line.slice(0, longest);

const withoutSequences = (text: string) =>
  text
    .split("\u001b")
    .map((part, index) => (index === 0 ? part : part.replace(sequence, "")))
    .join("");

/** What follows an escape: a control sequence, or a control string up to the control that ends it. Source: ECMA-48. */
const sequence = /^(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_]\P{Cc}*\p{Cc}?|[ -/]*[0-~])/u;
