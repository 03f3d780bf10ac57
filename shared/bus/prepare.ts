import * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import { type Message, subjectOf } from "./declare.ts";

/** Bytes of a payload. */
export const largestMessage = 256 * 1024;

/** A message as nats-server takes it. */
export type Prepared = {
  readonly subject: string;
  /** `Nats-Msg-Id`. */
  readonly id: string;
  /** JSON. */
  readonly data: string;
};

/** Checks a payload against its schema and the size limit of the bus; `Fault` invalid where it is too large. */
export const prepare = (
  message: Message,
  payload: unknown,
): Prepared & { readonly key: string } => {
  const value = v.parse(message.schema, payload);
  const subject = subjectOf(message, value);
  const data = JSON.stringify(value);
  const bytes = new TextEncoder().encode(data).byteLength;
  if (bytes > largestMessage)
    throw new Fault("invalid", `${subject} has ${bytes} bytes, the bus takes ${largestMessage}`);
  return { subject, id: message.id(value), key: message.key(value), data };
};
