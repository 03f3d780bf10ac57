import * as v from "valibot";
import { Fault } from "#shared/fault.ts";

/** An environment variable that may be absent. */
export const text = v.optional(v.string());

/** `true` or `false`. */
export const flag = (otherwise: boolean) =>
  v.optional(
    v.pipe(
      v.picklist(["true", "false"], "true or false"),
      v.transform((value) => value === "true"),
    ),
    otherwise ? "true" : "false",
  );

/** A whole number; `expected` names what it counts, with its unit. */
export const integer = (otherwise: number, least: number, most: number, expected: string) =>
  v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d+$/, `${expected} (${least} to ${most})`),
      v.transform(Number),
      v.minValue(least, `${expected} (${least} to ${most})`),
      v.maxValue(most, `${expected} (${least} to ${most})`),
    ),
    String(otherwise),
  );

/**
 * Reads a service's variables. An empty one, or the word `none`, counts as unset.
 * A bad one is `Fault` invalid: one line with its name, its value and what was expected.
 */
export const parseConfig = <C extends v.GenericSchema<unknown, object>>(
  schema: C,
  environment: Readonly<Record<string, string | undefined>>,
): v.InferOutput<C> => {
  const set = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== "" && value !== "none"),
  );
  const parsed = v.safeParse(schema, set);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const name = v.getDotPath(issue) ?? "the environment";
  const value = issue.input === undefined ? "not set" : JSON.stringify(issue.input);
  throw new Fault("invalid", `${name} is ${value}, expected ${issue.message}`);
};
