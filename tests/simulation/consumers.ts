import type { Verdict } from "#shared/bus/acknowledge.ts";
import type { Kernel, Process } from "./kernel.ts";
import type { Random } from "./random.ts";
import type { Stored, Streams } from "./streams.ts";

/** One delivery of a message to a process. */
export type Handed = {
  readonly message: Stored;
  /** How often the message was delivered to anybody, this delivery included. */
  readonly count: number;
  /** The same for every delivery of one message, and different from that of any other. */
  readonly identity: string;
  /** The process has the message in its hands: its signs of life keep the message from others. */
  hold(): void;
  settle(verdict: Verdict): void;
};

export type Durable = {
  readonly name: string;
  readonly stream: string;
  /** The declared subject, for the points of its deliveries. */
  readonly declared: string;
  readonly matches: (subject: string) => boolean;
  readonly ackWait: number;
};

type Pull = { readonly process: Process; take(handed: Handed): void };

type Pending = { count: number; due: boolean; readonly message: Stored };

type Consumer = Durable & {
  /** The last sequence that was delivered a first time. */
  delivered: number;
  readonly pending: Map<number, Pending>;
  readonly pulls: Pull[];
};

/** Durable consumers as nats-server keeps them. */
export type Consumers = {
  /** Resolves with the next message for this process; answers how to take the pull back. */
  pull(durable: Durable, process: Process, take: (handed: Handed) => void): () => void;
  /** Hands out what a stream has for those that wait for it. */
  dispatch(stream: string): void;
  /** What is delivered and not acknowledged, by the consumers' names. */
  unsettled(): readonly string[];
  /** The data of these messages. */
  waiting(): readonly string[];
  /** When the oldest of these messages came in, of some declared subjects; Infinity where there is none. */
  oldest(subjects: readonly string[]): number;
  lose(): void;
};

type Parts = {
  readonly kernel: Kernel;
  readonly streams: Streams;
  readonly random: Random;
  isUp(): boolean;
  /** Whether a sign of life gets lost, so that a message goes to a second process. */
  missesLife(): boolean;
};

export const openConsumers = ({ kernel, streams, random, isUp, missesLife }: Parts): Consumers => {
  const consumers = new Map<string, Consumer>();
  let store = 0;

  const demand = (durable: Durable) => {
    const known = consumers.get(durable.name);
    if (known) return known;
    const made: Consumer = { ...durable, delivered: 0, pending: new Map(), pulls: [] };
    consumers.set(durable.name, made);
    return made;
  };

  const nextOf = ({ stream, delivered, pending, matches }: Consumer) => {
    const kept = streams.of(stream);
    for (const [sequence, { due, message }] of pending) {
      if (!due) continue;
      if (kept.some((it) => it.sequence === sequence)) return message;
      pending.delete(sequence);
    }
    return kept.find((it) => it.sequence > delivered && matches(it.subject));
  };

  const dispatchOne = (consumer: Consumer) => {
    while (isUp() && consumer.pulls.length > 0) {
      const message = nextOf(consumer);
      if (!message) return;
      const [pull] = consumer.pulls.splice(random.below(consumer.pulls.length), 1);
      if (pull) hand(consumer, message, pull);
    }
  };

  const hand = (consumer: Consumer, message: Stored, { process, take }: Pull) => {
    const { sequence } = message;
    const of = store;
    const pending = consumer.pending.get(sequence) ?? { count: 0, due: false, message };
    pending.count += 1;
    pending.due = false;
    consumer.pending.set(sequence, pending);
    consumer.delivered = Math.max(consumer.delivered, sequence);
    const { count } = pending;
    let held = false;
    const isPending = () => of === store && consumer.pending.get(sequence) === pending;
    const again = () => {
      if (!isPending()) return;
      pending.due = true;
      dispatchOne(consumer);
    };
    const watch = () =>
      kernel.clock.after(consumer.ackWait, () => {
        if (!isPending() || pending.count !== count || pending.due) return;
        if (held && process.isAlive() && !missesLife()) return void watch();
        again();
      });
    watch();
    const settle = (verdict: Verdict) => {
      held = false;
      if (!isPending()) return;
      if (verdict.kind === "again" || verdict.kind === "later")
        return void kernel.clock.after(verdict.after, again);
      consumer.pending.delete(sequence);
      if (message.declared.stream.keep === "work") streams.remove(consumer.stream, sequence);
    };
    const hold = () => {
      held = true;
    };
    const identity = `${of} ${sequence}`;
    void kernel
      .reach(process, "consume", consumer.declared, message.id)
      .then(() => take({ message, count, identity, hold, settle }));
  };

  const unsettled = () =>
    [...consumers.values()].flatMap(({ name, stream, pending, delivered, matches }) =>
      [
        ...[...pending.values()].map(({ message }) => message),
        ...streams.of(stream).filter((it) => it.sequence > delivered && matches(it.subject)),
      ].map((message) => ({ name, message })),
    );

  return {
    pull(durable, process, take) {
      if (!process.isAlive()) return () => {};
      const consumer = demand(durable);
      const pull = { process, take };
      const withdraw = () => {
        forget();
        const at = consumer.pulls.indexOf(pull);
        if (at !== -1) consumer.pulls.splice(at, 1);
      };
      const forget = process.onDeath(withdraw);
      consumer.pulls.push(pull);
      dispatchOne(consumer);
      return withdraw;
    },
    dispatch(stream) {
      for (const consumer of consumers.values())
        if (consumer.stream === stream) dispatchOne(consumer);
    },
    unsettled: () => unsettled().map(({ name, message }) => `${name} ${message.id}`),
    waiting: () => unsettled().map(({ message }) => message.data),
    oldest: (subjects) =>
      Math.min(
        ...unsettled()
          .filter(({ message }) => subjects.includes(message.declared.subject))
          .map(({ message }) => message.at),
      ),
    lose() {
      store += 1;
      for (const consumer of consumers.values()) {
        consumer.delivered = 0;
        consumer.pending.clear();
      }
    },
  };
};
