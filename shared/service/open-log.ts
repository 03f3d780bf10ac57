import { jsonLog, type Level, type Log } from "./log.ts";

export type LogChannel = {
  write(text: string): void;
  readonly isTerminal: boolean;
};

/** A log in lines that a person reads where the channel is a terminal, else one JSON object per line. */
export const openLog = async (
  { write, isTerminal }: LogChannel,
  level: Level,
  /** With ANSI escapes. */
  colours = true,
): Promise<Log> => {
  if (!isTerminal) return jsonLog(write, level);
  // Loaded on terminals only: the edge and containers need no printer.
  const { prettyFactory } = await import("pino-pretty");
  const pretty = prettyFactory({
    colorize: colours,
    messageKey: "event",
    errorLikeObjectKeys: ["error"],
    translateTime: "SYS:HH:MM:ss",
    singleLine: true,
    ignore: "service",
    messageFormat: (line, key) => `${line.service ?? "kiln"}: ${line[key]}`,
  });
  return jsonLog((line) => write(pretty(line)), level);
};
