import { Fault } from "#shared/fault.ts";
import { BuildInfo, Text } from "#shared/views.ts";
import { findDetails } from "../build-end.ts";
import { isFinal, wordOf } from "../build-words.ts";
import { pathOf } from "../connect.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { logPrinter } from "../log-printer.ts";
import { oneLine, printable } from "../printable.ts";
import { forProgram, type Session } from "../session.ts";
import { waitForBuild } from "../wait-for-build.ts";

export type LogsOptions = { readonly follow?: boolean; readonly json?: boolean };

/** Shows the log of a build, by default of the newest; with `follow` until it has ended. */
export const logs = async (
  session: Session,
  base: string,
  id = "latest",
  { follow = false, json = false }: LogsOptions,
): Promise<ExitCode> => {
  const { server } = session;
  if (follow) {
    const { value } = await server.get(pathOf(base, "build", id), BuildInfo);
    const { started } = value;
    if (!isFinal(value.state)) {
      if (!json) return waitForBuild(session, { base, started, follow });
      const code = await waitForBuild(forProgram(session), { base, started, follow: false });
      await showLog(session, base, started, json);
      return code;
    }
  }
  await showLog(session, base, id, json);
  return exitCodes.done;
};

/** Shows a log, and beside it why the build failed where the log does not say that. */
const showLog = async (session: Session, base: string, id: string, json: boolean) => {
  const { server, world } = session;
  const path = pathOf(base, "build", id, "logs");
  const log = await server.get(path, Text).catch(async (error: unknown) => {
    const end = isMissing(error) ? await endOf(session, base, id) : undefined;
    if (end === undefined) throw error;
    throw new Fault("missing", `this build has no log: ${end}`);
  });
  if (json) return world.output.write(`${log.text}\n`);
  const printer = logPrinter(world);
  printer.print(log.value);
  printer.end();
  const end = await endOf(session, base, id, log.value);
  if (end !== undefined) world.messages.write(`${end}\n`);
};

const isMissing = (error: unknown) => error instanceof Fault && error.kind === "missing";

/** How a build ended that did not end well, unless `log` has it. */
const endOf = async (session: Session, base: string, id: string, log = "") => {
  const details = await findDetails(session, base, id);
  if (!details || !isFinal(details.state) || details.state.state === "success") return undefined;
  const { message, state } = details;
  if (message === null || log.includes(message)) return undefined;
  return `${printable(details.base)}: ${wordOf(state)}: ${oneLine(message)}`;
};
