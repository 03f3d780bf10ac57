import pino from "pino/browser.js";
import { plain } from "./plain.ts";

export type Fields = Readonly<Record<string, unknown>>;

export type Level = "debug" | "info" | "warn" | "error";

/** `event` is a constant, so that lines can be counted by it; what varies goes in `fields`. */
export type Log = Readonly<Record<Level, (event: string, fields?: Fields) => void>> & {
  with(fields: Fields): Log;
};

/** Writes one JSON object per line, with its newline. pino's build for Node asks for the host's name, which the edge does not tell. */
export const jsonLog = (write: (line: string) => void, level: Level = "info"): Log =>
  logOf(
    pino({
      level,
      messageKey: "event",
      timestamp: pino.stdTimeFunctions.isoTime,
      browser: {
        write: (line) => write(`${JSON.stringify(plain(line))}\n`),
        formatters: { level: (label) => ({ level: label }) },
      },
    }),
  );

const logOf = (logger: pino.Logger): Log => {
  const at = (level: Level) => (event: string, fields?: Fields) =>
    logger[level](fields ?? {}, event);
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    with: (fields) => logOf(logger.child(fields)),
  };
};
