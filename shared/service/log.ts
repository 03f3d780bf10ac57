import pino from "pino";

export type Fields = Readonly<Record<string, unknown>>;

export type Level = "debug" | "info" | "warn" | "error";

/** `event` is a constant, so that lines can be counted by it; what varies goes in `fields`. */
export type Log = Readonly<Record<Level, (event: string, fields?: Fields) => void>> & {
  with(fields: Fields): Log;
};

/** Writes one JSON object per line, with its newline. */
export const jsonLog = (write: (line: string) => void, level: Level = "info"): Log =>
  logOf(
    pino(
      {
        level,
        base: null,
        messageKey: "event",
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        serializers: { error: pino.stdSerializers.errWithCause },
      },
      { write },
    ),
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
