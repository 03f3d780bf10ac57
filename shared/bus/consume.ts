import {
  AckPolicy,
  DeliverPolicy,
  JetStreamApiError,
  type JetStreamManager,
} from "@nats-io/jetstream";
import { type Msg, nanos } from "@nats-io/nats-core";
import { pause } from "#shared/pause.ts";
import type { Log } from "#shared/service/log.ts";
import { seconds } from "#shared/time.ts";
import { acknowledge, identityOf, isRedelivery } from "./acknowledge.ts";
import type { Delivered, Dropped, Handle, Terms } from "./bus.ts";
import type { Connection } from "./connection.ts";
import { durableOf, filterOf, type Message } from "./declare.ts";
import { deliver } from "./deliver.ts";
import { openGate } from "./gate.ts";
import { openHands } from "./hands.ts";
import { openSlot } from "./pull.ts";

/** How long an acknowledgement is repeated, while serving and once stopping. */
const patience = { serving: seconds(30), stopping: seconds(1) };

/** How many ended messages are remembered, as an acknowledgement can be lost with the server, and how many failed ones. */
const memory = 1_000;

type Consuming = {
  readonly log: Log;
  readonly alone: boolean;
  readonly delivered: ((delivery: Delivered) => void) | undefined;
};

export const consumeFrom =
  (connection: Connection, manager: JetStreamManager, { log, alone, delivered }: Consuming) =>
  async <M extends Message>(
    name: string,
    message: M,
    terms: Terms,
    handle: Handle<M>,
    dropped?: Dropped<M>,
  ): Promise<AsyncDisposable> => {
    const stream = message.stream.name;
    const durable = durableOf(name, message);
    const ensure = () => ensureConsumer(manager, message, durable, terms);
    if (alone && message.stream.keep === "work") await forget(manager, stream, durable);
    await ensure();

    const stopping = new AbortController();
    const { signal } = stopping;
    const receiver = { message, log, handle, dropped };
    const hands = openHands(
      connection,
      stream,
      terms.ackWait,
      !alone && message.stream.keep === "work",
    );
    const isReady = openGate(terms.ready, durable, log);
    const ended = new Set<string>();
    const failures = new Map<string, number>();

    const work = async (msg: Msg, identity: string) => {
      const before = failures.get(identity) ?? 0;
      const verdict = ended.has(identity)
        ? ({ kind: "done" } as const)
        : await deliver(receiver, msg, before, signal);
      delivered?.({ name, message, verdict: verdict.kind, again: isRedelivery(msg) });
      if (verdict.kind === "again") {
        if (!signal.aborted) {
          failures.delete(identity);
          failures.set(identity, before + 1);
        }
        // Another process may have finished what failed here.
        const [oldest] = failures.keys();
        if (failures.size > memory && oldest) failures.delete(oldest);
      } else if (verdict.kind !== "later") {
        failures.delete(identity);
        ended.add(identity);
        const [oldest] = ended;
        if (ended.size > memory && oldest) ended.delete(oldest);
      }
      const kept = signal.aborted ? patience.stopping : patience.serving;
      if (!(await acknowledge(connection, msg, verdict, kept)))
        log.warn("acknowledgement unconfirmed", { subject: msg.subject, verdict });
    };

    const take = async (msg: Msg) => {
      const identity = identityOf(msg);
      using hand = await hands.take(msg, identity, signal);
      // Delivered again while somebody has it: the work goes on, and its end settles both.
      if (hand) await work(msg, identity);
    };

    const serve = async () => {
      using slot = openSlot(connection, stream, durable);
      // Of a consumer that is not there a pull may hear nothing, so it is made sure of until it is.
      let ensured = true;
      while (!signal.aborted && !connection.nats.isClosed()) {
        if (!ensured) {
          ensured = await isEnsured(ensure, log, durable);
          await pause(ensured ? 100 : 500, signal);
          continue;
        }
        if (!(await isReady())) {
          await pause(seconds(1), signal);
          continue;
        }
        const pulled = await slot.pull(signal);
        if (pulled === "lost") ensured = false;
        else if (pulled !== "nothing") await take(pulled);
      }
    };
    const slots = Array.from({ length: terms.atOnce }, serve);

    return {
      async [Symbol.asyncDispose]() {
        stopping.abort();
        await Promise.all(slots);
        hands[Symbol.dispose]();
      },
    };
  };

const ensureConsumer = (
  manager: JetStreamManager,
  message: Message,
  durable: string,
  { ackWait }: Terms,
) =>
  manager.consumers.add(message.stream.name, {
    durable_name: durable,
    filter_subject: filterOf(message),
    deliver_policy: DeliverPolicy.All,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWait),
    max_ack_pending: -1,
  });

/** A work message stays until it is acknowledged, so a consumer made anew is given all that there are. */
const forget = async (manager: JetStreamManager, stream: string, durable: string) => {
  try {
    await manager.consumers.delete(stream, durable);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.status !== 404) throw error;
  }
};

/** A server that comes back may have lost its store, and is not at once ready. */
const isEnsured = async (ensure: () => Promise<unknown>, log: Log, durable: string) => {
  try {
    await ensure();
    return true;
  } catch (error) {
    log.warn("consumer not ready", { durable, error });
    return false;
  }
};
