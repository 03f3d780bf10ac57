import type {
  ConsumerMessages,
  JetStreamClient,
  JetStreamManager,
  JsMsg,
} from "@nats-io/jetstream";
import { Fault } from "#shared/fault.ts";
import { pause, unlessAborted, within } from "#shared/pause.ts";
import type { Log } from "#shared/service/log.ts";
import { seconds } from "#shared/time.ts";
import type { Follow } from "./bus.ts";
import type { Connection } from "./connection.ts";
import { filterOf } from "./declare.ts";
import { parsePayload } from "./deliver.ts";

/** Ordered consumers live in the server's memory: each connection makes one, from where the last one was. */
export const followFrom =
  (
    { nats, onReconnect, whileConnected }: Connection,
    client: JetStreamClient,
    manager: JetStreamManager,
    log: Log,
  ): Follow =>
  async (message, from, each, narrowing) => {
    const stream = message.stream.name;
    const lastSequence = async () =>
      (await whileConnected(() => manager.streams.info(stream))).state.last_seq;
    const refuse = refusalOf(message.subject);
    const stopping = new AbortController();
    const { signal } = stopping;
    let next = from === "start" ? 1 : (await lastSequence().catch(refuse)) + 1;

    const backlog = Promise.withResolvers<void>();
    const take = (msg: JsMsg) => {
      if (msg.info.pending === 0) queueMicrotask(backlog.resolve);
      if (signal.aborted || msg.seq < next) return;
      next = msg.seq + 1;
      const parsed = parsePayload(message, msg);
      if (!parsed.success)
        return log.error("message skipped: not understood", {
          subject: msg.subject,
          error: parsed.error,
        });
      try {
        each(parsed.payload);
      } catch (error) {
        log.error("follower failed", { subject: msg.subject, error });
      }
    };

    const open = async () => {
      // A stream shorter than what was seen of it has been made anew.
      if (next > (await lastSequence()) + 1) next = 1;
      const consumer = await client.consumers.get(stream, {
        filter_subjects: filterOf(message, narrowing),
        opt_start_seq: next,
      });
      const messages = await consumer.consume({
        max_messages: 500,
        expires: seconds(10),
        callback: take,
      });
      return { consumer, messages };
    };

    const first = await open().catch(refuse);
    const stay = async () => {
      let current: Awaited<ReturnType<typeof open>> | undefined = first;
      while (!signal.aborted && !nats.isClosed()) {
        if (current) await untilLost(current.messages);
        if (signal.aborted) break;
        current = await open().catch((error: unknown) => {
          log.warn("follower not ready", { stream, error });
          return undefined;
        });
        if (!current) await pause(seconds(1), signal);
      }
      if (!current || nats.isClosed()) return;
      await current.messages.close();
      const { consumer } = current;
      await within(
        seconds(1),
        whileConnected(() => consumer.delete()),
      );
    };

    const untilLost = async (messages: ConsumerMessages) => {
      const lost = Promise.withResolvers<void>();
      using _ = onReconnect(lost.resolve);
      await unlessAborted(Promise.race([messages.closed(), lost.promise]), signal);
      if (!signal.aborted) await messages.close();
    };

    const ended = stay();
    const stop = async () => {
      stopping.abort();
      await ended;
    };
    try {
      const { num_pending } = await first.consumer.info(true);
      if (num_pending > 0) await within(seconds(10), backlog.promise);
    } catch (error) {
      await stop();
      refuse(error);
    }
    return { [Symbol.asyncDispose]: stop };
  };

const refusalOf = (subject: string) => (error: unknown) => {
  const text = error instanceof Error ? error.message : String(error);
  throw new Fault("unavailable", `${subject} cannot be followed: ${text}`, { cause: error });
};
