import type { Payload } from "#shared/bus/declare.ts";
import { Fault } from "#shared/fault.ts";
import type { addRequested, ResolvedAdd } from "#shared/messages/resolve.ts";
import { abortable, deadline } from "#shared/pause.ts";
import { minutes } from "#shared/time.ts";
import { add } from "./add.ts";
import type { Resolver } from "./context.ts";
import { beginAdd, endAdd } from "./store/adds.ts";
import { unusable } from "./unusable.ts";

type Request = Payload<typeof addRequested>;

/** How long an add may take, over all its tries. */
const patience = minutes(30);

/** Does what an add needs of the outside, and writes what came of it. A second try goes on where the first was. */
export const carryOutAdd = async (context: Resolver, request: Request) => {
  const { now, pause, signal, state } = context;
  const { startedAt, result } = await beginAdd(state, request.add, now());
  if (result) return;
  using late = deadline(pause, Math.max(0, startedAt + patience - now()));
  const adding = { id: request.add, startedAt };
  const outcome = await abortable(
    add(context, request, adding),
    AbortSignal.any([signal, late.signal]),
  ).catch((error: unknown): ResolvedAdd => {
    // A service that stops leaves the add to the next one.
    if (signal.aborted) throw error;
    if (late.signal.aborted) return unusable("it took over 30 minutes to fetch what it needs");
    if (error instanceof Fault)
      return { kind: "failed", fault: error.kind, message: error.message };
    throw error;
  });
  await endAdd(state, request.add, resultOf(outcome), now());
};

/** Callers of an add get the message alone. */
const resultOf = (outcome: ResolvedAdd): ResolvedAdd =>
  outcome.kind === "unusable" ? { kind: outcome.kind, message: outcome.message } : outcome;

/** Ends an add that failed by a bug in every retry, so that its caller gets an answer. */
export const giveUpAdd = async ({ now, state }: Resolver, { add: id }: Request) => {
  const message = "kiln failed to add it; the resolver's log says why";
  await beginAdd(state, id, now());
  await endAdd(state, id, { kind: "failed", fault: "unavailable", message }, now());
};
