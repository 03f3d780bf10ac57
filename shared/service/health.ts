import { abortable, deadline, pause } from "#shared/pause.ts";
import type { Running } from "./start.ts";

/** Milliseconds a part may take to say how it is. */
const patience = 3_000;

/** A service, or something that all of them stand on. */
export type Part = Pick<Running, "name" | "health">;

/** The parts that cannot work, with the reasons. */
export type Problems = Readonly<Record<string, string>>;

/** Asks each part once, all at the same time. Never rejects. */
export const findProblems = async (parts: readonly Part[]): Promise<Problems> =>
  Object.fromEntries(
    (await Promise.all(parts.map(problemOf))).filter((problem) => problem !== undefined),
  );

/** The answer to `/readyz`; `problems` is undefined while the services start. */
export const answerReady = (problems: Problems | undefined) => {
  if (!problems) return Response.json({ ready: false, reason: "starting" }, { status: 503 });
  const ready = Object.keys(problems).length === 0;
  return Response.json(ready ? { ready } : { ready, problems }, { status: ready ? 200 : 503 });
};

const problemOf = async (part: Part) => {
  using late = deadline(pause, patience);
  const problem = await abortable(part.health(), late.signal).then(() => undefined, messageOf);
  return problem === undefined ? undefined : ([part.name, problem] as const);
};

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
