import { JetStreamApiError, type JetStreamClient, JetStreamError } from "@nats-io/jetstream";
import { errors } from "@nats-io/nats-core";
import * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import { pause, unlessAborted } from "#shared/pause.ts";
import { seconds } from "#shared/time.ts";
import type { Publish } from "./bus.ts";
import type { Connection } from "./connection.ts";
import { type Message, subjectOf } from "./declare.ts";

/** Bytes. */
export const largestMessage = 256 * 1024;

/** How long a publish outlives a server that is away, and one answer of it. */
const patience = { server: seconds(30), answer: seconds(3) };

/** Says a message until it is kept: a repetition has the same id, so that it is kept once. */
export const publishBy =
  ({ connected, whileConnected }: Connection, client: JetStreamClient): Publish =>
  async (message, payload) => {
    const value = v.parse(message.schema, payload);
    const subject = subjectOf(message, value);
    const data = new TextEncoder().encode(JSON.stringify(value));
    if (data.byteLength > largestMessage)
      throw new Fault(
        "invalid",
        `${subject} has ${data.byteLength} bytes, the bus takes ${largestMessage}`,
      );

    const options = { msgID: message.id(value), timeout: patience.answer };
    let tooLate: AbortSignal | undefined;
    while (true) {
      try {
        await whileConnected(() => client.publish(subject, data, options));
        return;
      } catch (error) {
        if (isSaidAlready(message, error)) return;
        tooLate ??= AbortSignal.timeout(patience.server);
        if (tooLate.aborted || !isPassing(error)) throw refusal(subject, error);
        await pause(100);
        await unlessAborted(connected(), tooLate);
      }
    }
  };

/** The stream has one message of this subject, waiting or in work. All store failures share the code. */
const isSaidAlready = ({ stream }: Message, error: unknown) =>
  stream.keep === "work" &&
  error instanceof JetStreamApiError &&
  error.code === 10077 &&
  error.message.includes("per subject");

const isPassing = (error: unknown) =>
  error instanceof errors.TimeoutError ||
  error instanceof errors.RequestError ||
  isNotReady(error) ||
  (error instanceof JetStreamApiError && error.status === 503);

/** JetStream answers nobody: it comes up after the server. Its client's error for that is not exported. */
const isNotReady = (error: unknown) =>
  error instanceof Error && error.name === "JetStreamNotEnabled";

const refusal = (subject: string, error: unknown) => {
  const isServers = isPassing(error) || error instanceof errors.ClosedConnectionError;
  if (!isServers && !(error instanceof JetStreamError)) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new Fault("unavailable", `${subject} was not published: ${text}`, { cause: error });
};
