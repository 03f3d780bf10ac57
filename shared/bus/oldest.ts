import type { ConsumerInfo, JetStreamManager } from "@nats-io/jetstream";
import type { Bus } from "./bus.ts";
import type { Connection } from "./connection.ts";
import type { Message, Stream } from "./declare.ts";

/**
 * Asks the server about every stream of the messages. A log stream keeps what was handled, so of each of its durable
 * consumers the first message counts that is not acknowledged.
 */
export const oldestFrom = (
  { whileConnected }: Connection,
  manager: JetStreamManager,
  messages: readonly Message[],
): Bus["oldestUnhandled"] => {
  const oldestOfWork = async ({ name }: Stream) => {
    const { messages: count, first_ts } = (await manager.streams.info(name)).state;
    return count > 0 ? [Date.parse(first_ts)] : [];
  };
  const oldestOf = async ({ name }: Stream, consumer: ConsumerInfo) => {
    const { ack_floor, config, num_ack_pending, num_pending } = consumer;
    if (config.durable_name === undefined || num_pending + num_ack_pending === 0) return [];
    // The server takes both fields together, which the client's type of a request does not know.
    const query = { seq: ack_floor.stream_seq + 1, next_by_subj: config.filter_subject ?? ">" };
    const message = await manager.streams.getMessage(name, query);
    return message ? [message.time.getTime()] : [];
  };
  const oldestOfLog = async (stream: Stream) => {
    const times: number[] = [];
    for await (const consumer of manager.consumers.list(stream.name))
      times.push(...(await oldestOf(stream, consumer)));
    return times;
  };
  const streams = [...new Set(messages.map(({ stream }) => stream))];
  return () =>
    whileConnected(async () => {
      const times = await Promise.all(
        streams.map((it) => (it.keep === "work" ? oldestOfWork(it) : oldestOfLog(it))),
      );
      const all = times.flat();
      return all.length > 0 ? Math.min(...all) : undefined;
    });
};
