import { Fault } from "#shared/fault.ts";
import type { Fields, Level, Log } from "#shared/service/log.ts";
import type { Kernel, Process } from "./kernel.ts";

/** What services log goes into the trace. `bug` takes what they log of errors that are no `Fault`. */
export const openLog = (
  { clock, trace }: Kernel,
  process: Process,
  bug: (process: Process, event: string, error: unknown) => void,
): Log => {
  const write =
    (level: Level) =>
    (event: string, fields: Fields = {}) => {
      const { error } = fields;
      const text = error instanceof Error ? error.message.split("\n", 1)[0] : "";
      trace.add(clock.now(), level, process.name, `${event}${text ? `: ${text}` : ""}`);
      if (error !== undefined && !(error instanceof Fault)) bug(process, event, error);
    };
  const log: Log = {
    debug: () => {},
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    with: () => log,
  };
  return log;
};
