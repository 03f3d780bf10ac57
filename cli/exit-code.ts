import type { FaultKind } from "#shared/fault.ts";

/** What the shell is told. `kiln --help` lists them. */
export const exitCodes = {
  done: 0,
  refused: 1,
  usage: 2,
  missing: 3,
  unauthorized: 4,
  unreachable: 5,
  differs: 6,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitCodeOf: Record<FaultKind, ExitCode> = {
  invalid: exitCodes.usage,
  unauthenticated: exitCodes.unauthorized,
  forbidden: exitCodes.unauthorized,
  missing: exitCodes.missing,
  conflict: exitCodes.refused,
  unavailable: exitCodes.unreachable,
};

export const exitCodeHelp = `
Exit codes:
  0  done
  1  the server refused, or a build or rebuild that was waited for did not succeed, or its source is gone
  2  the command line is wrong
  3  there is no such package or build
  4  the secret is missing or not authorized
  5  the server cannot be reached, or cannot do its work now, or a source could not be asked
  6  a rebuild that was waited for is BAD: what it made is not what is served`;
