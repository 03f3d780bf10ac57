import { JetStreamApiError, type JetStreamClient, JetStreamError } from "@nats-io/jetstream";
import { errors } from "@nats-io/nats-core";
import { Fault } from "#shared/fault.ts";
import { pause, unlessAborted } from "#shared/pause.ts";
import { seconds } from "#shared/time.ts";
import type { Bus } from "./bus.ts";
import type { Connection } from "./connection.ts";

/** How long a publish outlives a server that is away, and one answer of it. */
const patience = { server: seconds(30), answer: seconds(3) };

/** Publishes a message until the server confirms it: repetitions carry the same id, so the stream keeps one. */
export const sendBy =
  ({ connected, whileConnected }: Connection, client: JetStreamClient): Bus["send"] =>
  async ({ subject, id, data }) => {
    const options = { msgID: id, timeout: patience.answer };
    let tooLate: AbortSignal | undefined;
    while (true) {
      try {
        await whileConnected(() => client.publish(subject, data, options));
        return;
      } catch (error) {
        if (isWaiting(error)) return;
        tooLate ??= AbortSignal.timeout(patience.server);
        if (tooLate.aborted || !isPassing(error)) throw refusal(subject, error);
        await pause(100);
        await unlessAborted(connected(), tooLate);
      }
    }
  };

/**
 * A work stream holds a message of this subject already, waiting or in work, which confirms this one. All failures of
 * a stream's store share the code.
 */
const isWaiting = (error: unknown) =>
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
