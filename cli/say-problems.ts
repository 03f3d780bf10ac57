import { SessionInfo } from "#shared/views.ts";
import { ifMissing } from "./connect.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import { oneLine, printable } from "./printable.ts";
import type { Session } from "./session.ts";

/**
 * Prints which sources of an order could not be looked at. Answers the exit code of the order, whose builds ended with
 * `codes`: unreachable where a server could not be asked, refused where one has the source no more.
 */
export const sayProblems = async (
  { server, world }: Session,
  order: string,
  codes: readonly ExitCode[],
): Promise<ExitCode> => {
  // serene's own server has no sessions.
  const found = await server
    .get(`/sessions/${encodeURIComponent(order)}`, SessionInfo)
    .catch(ifMissing);
  const { builds = [], problems = [] } = found?.value ?? {};
  const reasons = new Map(builds.map((it) => [it.base, it.message]));
  for (const { base, kind, message } of problems) {
    // The end of such a build is the problem itself.
    if (reasons.get(base) === message) continue;
    const effect =
      kind === "unfollowed" ? "its source counts as changed" : "built from the copy fetched before";
    world.messages.write(`${printable(base)}: ${effect}: ${oneLine(message)}\n`);
  }
  if (problems.some(({ kind }) => kind === "unasked")) return exitCodes.unreachable;
  const code = codes.find((it) => it !== exitCodes.done);
  if (code !== undefined) return code;
  return problems.some(({ kind }) => kind !== "unfollowed") ? exitCodes.refused : exitCodes.done;
};
