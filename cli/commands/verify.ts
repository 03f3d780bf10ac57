import { RebuildInfo, Text } from "#shared/views.ts";
import { ifMissing, pathOf } from "../connect.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { logPrinter } from "../log-printer.ts";
import { oneLine, printable } from "../printable.ts";
import { paintStatus } from "../rebuild-words.ts";
import type { Session } from "../session.ts";
import { lasting } from "../times.ts";
import { waitForRebuild } from "../wait-for-rebuild.ts";

export type VerifyOptions = {
  readonly follow?: boolean;
  readonly wait?: boolean;
  readonly json?: boolean;
};

/** Orders a rebuild of what is published of a package; where asked to, waits for what it proves. */
export const verify = async (
  session: Session,
  base: string,
  { follow = false, wait = false, json = false }: VerifyOptions,
): Promise<ExitCode> => {
  const { server, world } = session;
  const ordered = await server.order(pathOf(base, "rebuild"), {}, RebuildInfo);
  if (!follow && !wait) {
    const { id, version } = ordered.value;
    const text = `ordered a rebuild of ${printable(base)} ${printable(version)}: ${id}`;
    world.output.write(`${json ? ordered.text : text}\n`);
    return exitCodes.done;
  }
  const ended = await waitForRebuild(session, base, ordered.value.id);
  if (follow && !json) await showLog(session, base, ended.value.id);
  world.output.write(`${json ? ended.text : formatEnd(session, base, ended.value)}\n`);
  return codeOf[ended.value.status ?? "FAIL"];
};

const codeOf = { GOOD: exitCodes.done, BAD: exitCodes.differs, FAIL: exitCodes.refused } as const;

const formatEnd = ({ colours }: Session, base: string, it: RebuildInfo) => {
  const status = it.status ?? "FAIL";
  const word = paintStatus(status, colours)(status);
  const time = it.ended ? ` after ${lasting(it.ordered, it.ended)}` : "";
  const reason = it.message ? `: ${oneLine(it.message)}` : "";
  return `${printable(base)} ${printable(it.version)}: ${word}${time}${reason}`;
};

/** One that ended before anything ran has none. */
const showLog = async ({ server, world }: Session, base: string, id: string) => {
  const log = await server.get(pathOf(base, "rebuild", id, "logs"), Text).catch(ifMissing);
  if (!log) return;
  const printer = logPrinter(world);
  printer.print(log.value);
  printer.end();
};
