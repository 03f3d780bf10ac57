import { abortable } from "#shared/pause.ts";
import type { Resolver } from "./context.ts";

/** A stop waits for answers under way, and git or a server may take long: gives an answer up when the service stops. */
export const untilStopped =
  <Context extends Pick<Resolver, "signal">, Request, Answer>(
    answer: (context: Context, request: Request) => Promise<Answer>,
  ) =>
  (context: Context, request: Request): Promise<Answer> =>
    abortable(answer(context, request), context.signal);
