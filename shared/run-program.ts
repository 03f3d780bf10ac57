import { execa } from "execa";

/** The variables a program gets. */
export type ProgramEnvironment = Readonly<Record<string, string>>;

/**
 * execa that runs programs with these variables and no others: kiln's own hold the bus's password and the keys of the
 * blob store, which are no business of a program that talks to other hosts.
 */
export const programsWith = (environment: ProgramEnvironment) =>
  execa({ env: environment, extendEnv: false });
