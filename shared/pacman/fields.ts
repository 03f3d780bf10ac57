import * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import { trimmed } from "./white-space.ts";

// Pacman's metadata files are lists of named texts. A schema over them says which name takes one
// value and which takes many; names that it lacks are passed over, as libalpm does.

/** An empty value counts as none. */
export const addField = (fields: Map<string, string[]>, name: string, value: string) => {
  if (value === "") return;
  const values = fields.get(name);
  if (values) values.push(value);
  else fields.set(name, [value]);
};

/** Reads `name = value` lines; a line that starts with `#` is a comment. */
export const readFields = (text: string, file: string) => {
  const fields = new Map<string, string[]>();
  for (const [index, full] of text.split("\n").entries()) {
    const line = trimmed(full);
    if (line === "" || line.startsWith("#")) continue;
    const equals = line.indexOf("=");
    if (equals === -1 || line.includes("\0"))
      throw new Fault("invalid", `line ${index + 1} of ${file}: expected "name = value"`);
    addField(fields, trimmed(line.slice(0, equals)), trimmed(line.slice(equals + 1)));
  }
  return fields;
};

export const many = v.optional(v.array(v.string()), []);

/** One value, given once. */
export const one = <S extends v.GenericSchema<string, unknown>>(schema: S) =>
  v.pipe(
    v.array(v.string()),
    v.length(1, "expected one value"),
    v.transform(([value = ""]) => value),
    schema,
  );

export const maybe = <S extends v.GenericSchema<string, unknown>>(schema: S) =>
  v.optional(one(schema));

export const Count = v.pipe(
  v.string(),
  v.regex(/^\d{1,15}$/, (issue) => `${issue.received} is not a count`),
  v.transform(Number),
);

/** Whole seconds in the file, milliseconds for us. */
export const SecondsAsInstant = v.pipe(
  v.string(),
  v.regex(/^\d{1,12}$/, (issue) => `${issue.received} is not a time in seconds`),
  v.transform((seconds) => Number(seconds) * 1_000),
);

export const parseFields = <S extends v.GenericSchema<unknown, unknown>>(
  schema: S,
  fields: ReadonlyMap<string, string[]>,
  file: string,
) => {
  const result = v.safeParse(schema, Object.fromEntries(fields));
  if (result.success) return result.output;
  const [issue] = result.issues;
  const name = v.getDotPath(issue) ?? "";
  const why = fields.has(name) ? issue.message.slice(0, 200) : "expected a value";
  throw new Fault("invalid", `${name} in ${file}: ${why}`);
};
