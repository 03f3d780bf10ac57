import { CommanderError } from "commander";
import { Fault, type FaultKind } from "#shared/fault.ts";
import { NoSource } from "./connect.ts";
import { type ExitCode, exitCodeOf, exitCodes } from "./exit-code.ts";
import { oneLine } from "./printable.ts";
import { makeProgram } from "./program.ts";
import type { World } from "./world.ts";

/** Runs one command line. A refusal is one line that says what to do, and an exit code; a bug flies. */
export const runProgram = async (
  world: World,
  commandLine: readonly string[],
): Promise<ExitCode> => {
  let code: ExitCode = exitCodes.done;
  try {
    const program = makeProgram(world, (end) => {
      code = end;
    });
    await program.parseAsync(commandLine, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    if (!(error instanceof Fault)) throw error;
    world.messages.write(`kiln: ${oneLine(error.message)}${hintOf(error)}\n`);
    return exitCodeOf[error.kind];
  }
};

const hintOf = (error: Fault) =>
  error instanceof NoSource ? '; "kiln sources <name>" lists those there are' : hints[error.kind];

const hints: Record<FaultKind, string> = {
  invalid: '; "kiln --help" says more',
  unauthenticated:
    '; "kiln login" asks for a secret of the server and keeps it; KILN_SECRET and --secret give one too',
  forbidden: "; its hash is not in the server's authorized_secrets",
  missing: '; "kiln list" shows what there is',
  conflict: "",
  unavailable: "",
};
