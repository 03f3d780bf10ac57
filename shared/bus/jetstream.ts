import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { Fault } from "#shared/fault.ts";
import { pause, within } from "#shared/pause.ts";
import type { Log } from "#shared/service/log.ts";
import { seconds } from "#shared/time.ts";
import { backlogFrom } from "./backlog.ts";
import type { Bus, Delivered } from "./bus.ts";
import { connectNats } from "./connection.ts";
import { consumeFrom } from "./consume.ts";
import type { Message } from "./declare.ts";
import { followFrom } from "./follow.ts";
import { oldestFrom } from "./oldest.ts";
import { prepare } from "./prepare.ts";
import { sendBy } from "./publish.ts";
import { answerOver, askOver } from "./question.ts";
import { ensureStreams } from "./streams.ts";

export type JetStreamOptions = {
  /** `nats://[token@|user:password@]host:port`, or `ws://`, `wss://`; several separated by commas. */
  readonly servers: string;
  /** Their streams are made, or brought to the declared settings. */
  readonly messages: readonly Message[];
  readonly log: Log;
  /** No other process consumes from this server: work that a dead one held is delivered at once. */
  readonly alone?: boolean;
  /** Told of each delivery to a consumer when it is over. */
  delivered?(delivery: Delivered): void;
};

/** A bus over nats-server 2.9.10 or newer. Waits half a minute for a server that is not up yet. */
export const connectJetStream = async ({
  servers,
  messages,
  log,
  alone = false,
  delivered,
}: JetStreamOptions): Promise<Bus> => {
  const connection = await connectNats(servers, log);
  const { nats, name, onReconnect, whileConnected } = connection;
  const client = jetstream(nats);
  const manager = await jetstreamManager(nats);
  await ensureStreams(manager, messages);
  onReconnect(
    once(async () => {
      for (let attempt = 1; !nats.isClosed(); attempt++) {
        try {
          return await whileConnected(() => ensureStreams(manager, messages));
        } catch (error) {
          if (attempt === 1) log.warn("streams not ready", { error });
          await pause(250);
        }
      }
    }),
  );

  const send = sendBy(connection, client);
  return {
    publish: async (message, payload) => send(prepare(message, payload)),
    send,
    consume: consumeFrom(connection, manager, { log, alone, delivered }),
    follow: followFrom(connection, client, manager, log),
    ask: askOver(connection),
    answer: answerOver(connection, log),
    backlog: backlogFrom(connection, manager),
    oldestUnhandled: oldestFrom(connection, manager),
    async ping() {
      if (nats.isClosed() || !(await within(seconds(2), nats.flush())))
        throw new Fault("unavailable", `nats-server at ${name} does not answer`);
    },
    async [Symbol.asyncDispose]() {
      if (nats.isClosed()) return;
      const drained = await within(
        seconds(1),
        whileConnected(() => nats.drain()),
      );
      if (!drained) await nats.close();
    },
  };
};

/** Runs `act` unless it is running: a server that is back may go again before it was ready. */
const once = (act: () => Promise<void>) => {
  let isRunning = false;
  return async () => {
    if (isRunning) return;
    isRunning = true;
    await act().finally(() => {
      isRunning = false;
    });
  };
};
