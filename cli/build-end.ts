import { BuildDetails } from "#shared/build-views.ts";
import { ifMissing, ownPathOf } from "./connect.ts";
import { printable } from "./printable.ts";
import type { Session } from "./session.ts";

/** How a build went; undefined where the server does not say: serene's. */
export const findDetails = async (
  { server }: Pick<Session, "server">,
  base: string,
  id: string,
) => {
  const found = await server.get(ownPathOf(base, "builds", id), BuildDetails).catch(ifMissing);
  return found?.value;
};

/** Lines of an excerpt, indented, each fit to be shown. None where there is nothing but what the message quotes. */
export const formatExcerpt = ({ excerpt, message }: Pick<BuildDetails, "excerpt" | "message">) => {
  const lines = excerpt?.lines ?? [];
  const [only = "", ...more] = lines;
  const isQuoted = more.length === 0 && message?.includes(only.trim());
  return isQuoted ? "" : lines.map((line) => `  ${printable(line)}\n`).join("");
};

/** Lines of a terminal's last screen. */
const screen = 24;

/** Whether the excerpt stands so near the end of the log that a reader of the log has it before the eyes. */
export const isInSight = ({ excerpt, log }: Pick<BuildDetails, "excerpt" | "log">) =>
  excerpt !== null && typeof log?.lines === "number" && log.lines - excerpt.line < screen;
