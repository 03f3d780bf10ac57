import { BuildInfo, Text } from "#shared/views.ts";
import { findDetails, formatExcerpt, isInSight } from "./build-end.ts";
import { paintOf, reasonOf, wordOf } from "./build-words.ts";
import { ifMissing, pathOf } from "./connect.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import { logPrinter } from "./log-printer.ts";
import { oneLine, printable } from "./printable.ts";
import { openProgress } from "./progress.ts";
import type { Session } from "./session.ts";
import { lasting } from "./times.ts";
import { watchBuild } from "./watch-build.ts";

export type Waiting = {
  readonly base: string;
  readonly started: string | undefined;
  /** Shows the log as it comes. */
  readonly follow: boolean;
};

/** Waits until a build has ended, says how, and gives the exit code for it. */
export const waitForBuild = async (
  session: Session,
  { base, started, follow }: Waiting,
): Promise<ExitCode> => {
  const { world, colours } = session;
  const name = printable(base);
  const log = logPrinter(world);
  using progress = openProgress(world, `${name}: waiting`);
  let shown = false;
  const ended = await watchBuild(session, base, {
    started,
    change: (state) => progress.show(`${name}: ${wordOf(state)}`),
    log(text) {
      if (!follow) return;
      shown = true;
      progress.end();
      log.print(text);
    },
  });
  progress.end();
  if (!ended) return sayNothingToDo(session, base);
  if (follow && !shown) await showLog(session, base, ended.started, log.print);
  if (follow) log.end();
  const isDone = ended.state.state === "success";
  const known = await findDetails(session, base, ended.started);
  const details = isDone ? undefined : known;
  const word = paintOf(ended.state, colours)(wordOf(ended.state));
  const reason = reasonOf(ended.state) ?? (known?.message ? oneLine(known.message) : undefined);
  const time = ended.ended ? ` after ${lasting(ended.started, ended.ended)}` : "";
  const version = ended.version ? ` ${printable(ended.version)}` : "";
  world.output.write(`${name}${version}: ${word}${time}${reason ? `: ${reason}` : ""}\n`);
  if (details && !(follow && isInSight(details))) world.output.write(formatExcerpt(details));
  if (details?.log && !follow)
    world.output.write(`  "kiln logs ${name} ${details.number}" shows the log\n`);
  return isDone ? exitCodes.done : exitCodes.refused;
};

export const sayNothingToDo = ({ world }: Session, base: string) => {
  world.output.write(`${printable(base)}: nothing to build, it is up to date\n`);
  return exitCodes.done;
};

/** The log of a build that ended before anybody listened. One without a log has none to show. */
const showLog = async (
  { server }: Session,
  base: string,
  started: string,
  print: (text: string) => void,
) => {
  const path = pathOf(base, "build", started, "logs");
  const log = await server.get(path, Text).catch(ifMissing);
  if (log) print(log.value);
};

/** The newest build's name, if there is one. */
export const newestBuild = async ({ server }: Session, base: string) => {
  const latest = await server.get(pathOf(base, "build", "latest"), BuildInfo).catch(ifMissing);
  return latest?.value.started;
};
