import { abortable, deadline, pause } from "#shared/pause.ts";
import type { Running } from "./start.ts";

/** Milliseconds a service may take to say how it is. */
const patience = 3_000;

/** A service, or something that all of them stand on. */
export type Part = Pick<Running, "name" | "health">;

/** Answers `/healthz` (alive) and `/readyz` (can work; else why not, by part); undefined for other paths. */
export const answerHealth = (
  pathname: string,
  parts: readonly Part[] | undefined,
): Response | Promise<Response> | undefined => {
  if (pathname === "/healthz") return new Response("ok\n");
  if (pathname === "/readyz") return answerReady(parts);
  return undefined;
};

const answerReady = async (parts: readonly Part[] | undefined) => {
  if (!parts) return Response.json({ ready: false, reason: "starting" }, { status: 503 });
  const problems = Object.fromEntries(
    (await Promise.all(parts.map(problemOf))).filter((problem) => problem !== undefined),
  );
  const ready = Object.keys(problems).length === 0;
  return Response.json(ready ? { ready } : { ready, problems }, { status: ready ? 200 : 503 });
};

const problemOf = async (part: Part) => {
  using late = deadline(pause, patience);
  const problem = await abortable(part.health(), late.signal).then(() => undefined, messageOf);
  return problem === undefined ? undefined : ([part.name, problem] as const);
};

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
