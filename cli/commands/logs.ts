import { BuildInfo, Text } from "#shared/views.ts";
import { isFinal } from "../build-words.ts";
import { pathOf } from "../connect.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { logPrinter } from "../log-printer.ts";
import type { Session } from "../session.ts";
import { waitForBuild } from "../wait-for-build.ts";

export type LogsOptions = { readonly follow?: boolean; readonly json?: boolean };

/** Shows the log of a build, by default of the newest; with `follow` until it has ended. */
export const logs = async (
  session: Session,
  base: string,
  id = "latest",
  { follow = false, json = false }: LogsOptions,
): Promise<ExitCode> => {
  const { server, world } = session;
  if (follow) {
    const { value } = await server.get(pathOf(base, "build", id), BuildInfo);
    if (!isFinal(value.state))
      return waitForBuild(session, { base, started: value.started, follow });
  }
  const log = await server.get(pathOf(base, "build", id, "logs"), Text);
  if (json) world.output.write(`${log.text}\n`);
  else {
    const printer = logPrinter(world);
    printer.print(log.value);
    printer.end();
  }
  return exitCodes.done;
};
