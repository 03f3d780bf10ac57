import * as v from "valibot";
import { type Ends, JsonError, locateValues } from "./read-json.ts";

/** What serde_json says of a body that is not JSON, or not what the schema asks for. */
export const serdeMessage = (text: string, issues: readonly v.BaseIssue<unknown>[] = []) => {
  try {
    const ends = locateValues(text);
    const issue = firstOf(issues, ends);
    return issue
      ? `${wordingOf(issue)} ${positionOf(text, offsetOf(issue, ends))}`
      : "expected value";
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return `${error.message} ${positionOf(text, error.offset)}`;
  }
};

/** A wrong value is noticed while reading, a missing one at the end. */
const firstOf = (issues: readonly v.BaseIssue<unknown>[], ends: Ends) =>
  issues
    .filter((issue) => issue.input !== undefined)
    .toSorted((a, b) => offsetOf(a, ends) - offsetOf(b, ends))[0] ?? issues[0];

const wordingOf = (issue: v.BaseIssue<unknown>) => {
  const { input, type, expected } = issue;
  const name = String(issue.path?.at(-1)?.key ?? "");
  if (input === undefined) return `missing field \`${name}\``;
  if (type === "variant" && typeof input === "string")
    return `unknown variant \`${input}\`, expected one of ${(expected ?? "").replace(/[()]/g, "").split(" | ").map(quoted).join(", ")}`;
  return `invalid type: ${typeOf(input)}, expected ${expectations[expected ?? ""] ?? "an object"}`;
};

const quoted = (literal: string) => `\`${literal.replaceAll('"', "")}\``;

const expectations: Readonly<Record<string, string>> = {
  string: "a string",
  boolean: "a boolean",
  Array: "a sequence",
};

const typeOf = (input: unknown) => {
  if (input === null) return "null";
  if (typeof input === "string") return `string ${JSON.stringify(input)}`;
  if (typeof input === "boolean") return `boolean \`${input}\``;
  if (typeof input === "number")
    return `${Number.isInteger(input) ? "integer" : "floating point"} \`${input}\``;
  return Array.isArray(input) ? "sequence" : "map";
};

/** After the value; of a missing field, after the whole body. */
const offsetOf = (issue: v.BaseIssue<unknown>, ends: Ends) =>
  (issue.input === undefined ? undefined : ends.get(v.getDotPath(issue) ?? "")) ??
  ends.get("") ??
  0;

const positionOf = (text: string, offset: number) => {
  const lines = text.slice(0, offset).split("\n");
  // Columns count bytes.
  const column = new TextEncoder().encode(lines.at(-1)).length;
  return `at line ${lines.length} column ${column}`;
};
