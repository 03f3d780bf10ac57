import type { JetStreamManager } from "@nats-io/jetstream";
import type { Backlog } from "./bus.ts";
import type { Connection } from "./connection.ts";
import { durableOf, type Message } from "./declare.ts";

/** Asks the server once; rejects at once while it is away. */
export const backlogFrom =
  ({ whileConnected }: Connection, manager: JetStreamManager) =>
  async (name: string, message: Message): Promise<Backlog> => {
    const { keep, name: stream } = message.stream;
    const [consumer, kept] = await whileConnected(() =>
      Promise.all([
        manager.consumers.info(stream, durableOf(name, message)),
        keep === "work" ? manager.streams.info(stream) : undefined,
      ]),
    );
    const waiting = consumer.num_pending;
    const working = consumer.num_ack_pending;
    if (!kept) return { waiting, working };
    const { messages, first_ts } = kept.state;
    return { waiting, working, ...(messages > 0 && { oldestAt: Date.parse(first_ts) }) };
  };
