import { Fault } from "#shared/fault.ts";
import { abortable } from "#shared/pause.ts";
import type { Resolver } from "./context.ts";

type Stopping = Pick<Resolver, "stopping">;

/** Repetitions are the first to be told that the service stops; what is under way hears it from here. */
export const passOnStop = async ({ stopping }: Stopping, signal: AbortSignal) => {
  signal.addEventListener(
    "abort",
    () => stopping.abort(new Fault("unavailable", "the resolver is stopping")),
    { once: true },
  );
};

/** A stop waits for answers under way, and git or a server may take long: this one ends with the service. */
export const untilStopped =
  <Context extends Stopping, Request, Answer>(
    answer: (context: Context, request: Request) => Promise<Answer>,
  ) =>
  (context: Context, request: Request): Promise<Answer> =>
    abortable(answer(context, request), context.stopping.signal);
