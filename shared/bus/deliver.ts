import type { Msg } from "@nats-io/nats-core";
import * as v from "valibot";
import type { Log } from "#shared/service/log.ts";
import { minutes } from "#shared/time.ts";
import type { Verdict } from "./acknowledge.ts";
import type { Dropped, Handle } from "./bus.ts";
import type { Message, Payload } from "./declare.ts";
import { settle } from "./settle.ts";

export type Receiver<M extends Message> = {
  readonly message: M;
  readonly log: Log;
  readonly handle: Handle<M>;
  readonly dropped: Dropped<M> | undefined;
};

/** Has a message handled, and says what becomes of it. `failures` counts those before this delivery. */
export const deliver = async <M extends Message>(
  receiver: Receiver<M>,
  msg: Msg,
  failures: number,
  signal: AbortSignal,
): Promise<Verdict> => {
  const { message, log, handle } = receiver;
  const parsed = parsePayload(message, msg);
  if (!parsed.success) {
    log.error("message dropped: not understood", { subject: msg.subject, error: parsed.error });
    return { kind: "drop" };
  }
  const asked: { later?: number } = {};
  const later = (after: number) => {
    asked.later = after;
  };
  try {
    await handle(parsed.payload, { failures, signal, later });
    return asked.later === undefined ? { kind: "done" } : { kind: "later", after: asked.later };
  } catch (error) {
    if (signal.aborted) return { kind: "again", after: 0 };
    const next = settle(error, failures + 1);
    const fields = { subject: msg.subject, failures: failures + 1, next, error };
    if (next.kind === "drop") return drop(receiver, parsed.payload, fields);
    log.warn("delivery failed", fields);
    return { kind: "again", after: next.after };
  }
};

const drop = async <M extends Message>(
  { log, dropped }: Receiver<M>,
  payload: Payload<M>,
  fields: { readonly error: unknown },
): Promise<Verdict> => {
  log.error("message dropped", fields);
  try {
    await dropped?.(payload, fields.error);
    return { kind: "drop" };
  } catch (error) {
    log.error("the outcome of a dropped message could not be said", { ...fields, error });
    return { kind: "again", after: minutes(1) };
  }
};

type Parsed<M extends Message> =
  | { readonly success: true; readonly payload: Payload<M> }
  | { readonly success: false; readonly error: unknown };

export const parsePayload = <M extends Message>(
  { schema }: M,
  { data }: Pick<Msg, "data">,
): Parsed<M> => {
  try {
    return { success: true, payload: v.parse(schema, JSON.parse(new TextDecoder().decode(data))) };
  } catch (error) {
    return { success: false, error };
  }
};
