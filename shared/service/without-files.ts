import { Fault } from "#shared/fault.ts";
import { mayRead } from "#shared/runtime.ts";

/** `Fault` invalid where a variable is unset whose place is taken by something in a directory that may not be read. */
export const demandWithoutFiles = (
  directory: string,
  name: string,
  value: string | undefined,
  expected: string,
) => {
  if (value === undefined && !mayRead(directory))
    throw new Fault(
      "invalid",
      `${name} is not set, expected ${expected}: ${directory} may not be read here`,
    );
};
