import type { Level } from "./log.ts";

const levels: Readonly<Record<string, Level>> = {
  trace: "debug",
  debug: "debug",
  info: "info",
  warn: "warn",
  error: "error",
  off: "error",
};

/**
 * The level of `LOG_LEVEL`, or of serene's `RUST_LOG`: a filter as env_logger reads it, `info` or
 * `warn,serene=debug`. Of several directives the most talkative counts; what names no level is skipped.
 */
export const logLevelOf = (text: string | undefined): Level => {
  const named = (text ?? "")
    .split(",")
    .map((directive) => levels[directive.split("=").at(-1)?.trim().toLowerCase() ?? ""])
    .filter((level) => level !== undefined);
  const loudest = (["debug", "info", "warn", "error"] as const).find((it) => named.includes(it));
  return loudest ?? "info";
};
