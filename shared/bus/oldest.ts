import type { ConsumerInfo, JetStreamManager } from "@nats-io/jetstream";
import type { Bus } from "./bus.ts";
import type { Connection } from "./connection.ts";
import { filterOf, type Message, type Stream } from "./declare.ts";

/**
 * Asks the server about the streams of the messages. A log stream keeps what was handled, so of each durable consumer of
 * the messages the first one counts that is not acknowledged.
 */
export const oldestFrom = (
  { whileConnected }: Connection,
  manager: JetStreamManager,
): Bus["oldestUnhandled"] => {
  const oldestOfWork = async ({ name }: Stream) => {
    const { messages, first_ts } = (await manager.streams.info(name)).state;
    return messages > 0 ? [Date.parse(first_ts)] : [];
  };
  const oldestOf = async ({ name }: Stream, consumer: ConsumerInfo, subject: string) => {
    const { ack_floor, num_ack_pending, num_pending } = consumer;
    if (num_pending + num_ack_pending === 0) return [];
    // The server takes both fields together, which the client's type of a request does not know.
    const query = { seq: ack_floor.stream_seq + 1, next_by_subj: subject };
    const message = await manager.streams.getMessage(name, query);
    return message ? [message.time.getTime()] : [];
  };
  const oldestOfLog = async (stream: Stream, subjects: ReadonlySet<string>) => {
    const times: number[] = [];
    for await (const consumer of manager.consumers.list(stream.name)) {
      const { durable_name, filter_subject = "" } = consumer.config;
      if (durable_name !== undefined && subjects.has(filter_subject))
        times.push(...(await oldestOf(stream, consumer, filter_subject)));
    }
    return times;
  };
  return (messages: readonly Message[]) =>
    whileConnected(async () => {
      const streams = Map.groupBy(messages, ({ stream }) => stream);
      const times = await Promise.all(
        [...streams].map(([stream, its]) =>
          stream.keep === "work"
            ? oldestOfWork(stream)
            : oldestOfLog(stream, new Set(its.map((message) => filterOf(message)))),
        ),
      );
      const all = times.flat();
      return all.length > 0 ? Math.min(...all) : undefined;
    });
};
