import { BuildInfo, Text } from "#shared/views.ts";
import { isFinal } from "../build-words.ts";
import { pathOf } from "../connect.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { logPrinter } from "../log-printer.ts";
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

const showLog = async ({ server, world }: Session, base: string, id: string, json: boolean) => {
  const log = await server.get(pathOf(base, "build", id, "logs"), Text);
  if (json) return world.output.write(`${log.text}\n`);
  const printer = logPrinter(world);
  printer.print(log.value);
  printer.end();
};
