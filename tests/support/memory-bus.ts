import * as v from "valibot";
import type { Bus } from "#shared/bus/bus.ts";
import {
  filterOf,
  type Message,
  type Narrowing,
  type Payload,
  type Question,
} from "#shared/bus/declare.ts";
import { prepare } from "#shared/bus/prepare.ts";
import { settle } from "#shared/bus/settle.ts";
import { Fault } from "#shared/fault.ts";

export type MemoryBus = Bus & {
  /** Everything published of one message, oldest first. */
  sent<M extends Message>(message: M): Payload<M>[];
  /** Messages that are being handled now, and how many there ever were. */
  activity(): { readonly running: number; readonly published: number };
};

type Published = { readonly subject: string; readonly data: string };

type Taker = {
  take(it: Published): Promise<void>;
  /** Gives a message up whose handler failed for good; says whether it is given up. */
  giveUp(it: Published, error: unknown): Promise<boolean>;
};

/**
 * A bus in one process, without retries: `publish` rejects with what a handler throws. A payload that is published again
 * comes with the number of times its handler threw. `send`, by which an outbox
 * publishes, has a message given up that no retry would help, and rejects for any other failure.
 */
export const memoryBus = (): MemoryBus => {
  const published: Published[] = [];
  const takers = new Set<Taker>();
  const answers = new Map<string, (request: unknown) => Promise<unknown>>();
  let running = 0;

  const taking = <M extends Message>(
    message: M,
    each: (payload: Payload<M>) => Promise<void>,
    dropped?: (payload: Payload<M>, error: unknown) => Promise<void>,
  ) => {
    const filter = matcherOf(message);
    const parse = ({ data }: Published) => v.parse(message.schema, JSON.parse(data));
    const taker: Taker = {
      async take(it) {
        if (filter.test(it.subject)) await each(parse(it));
      },
      async giveUp(it, error) {
        if (settle(error, 1).kind !== "drop") return false;
        await dropped?.(parse(it), error);
        return true;
      },
    };
    takers.add(taker);
    return { taker, [Symbol.asyncDispose]: async () => void takers.delete(taker) };
  };
  const handing = async (act: () => Promise<void>) => {
    running += 1;
    await act().finally(() => {
      running -= 1;
    });
  };

  return {
    async publish(message, payload) {
      const it = prepare(message, payload);
      published.push(it);
      await handing(async () => {
        for (const { take } of takers) await take(it);
      });
    },
    async send(it) {
      published.push(it);
      await handing(async () => {
        for (const { take, giveUp } of takers)
          await take(it).catch(async (error: unknown) => {
            if (!(await giveUp(it, error))) throw error;
          });
      });
    },
    async consume(_name, message, _terms, handle, dropped) {
      const stopping = new AbortController();
      const { signal } = stopping;
      const failed = new Map<string, number>();
      const taken = taking(
        message,
        async (payload) => {
          const key = JSON.stringify(payload);
          const failures = failed.get(key) ?? 0;
          failed.set(key, failures + 1);
          await handle(payload, { failures, signal, later: () => {} });
          failed.delete(key);
        },
        dropped,
      );
      return {
        [Symbol.asyncDispose]: async () => {
          stopping.abort();
          await taken[Symbol.asyncDispose]();
        },
      };
    },
    async follow(message, from, each, narrowing = {}) {
      const matches = matching<typeof message>(narrowing);
      const followed = taking(message, async (payload) => {
        if (matches(payload)) each(payload);
      });
      if (from === "start") for (const it of [...published]) await followed.taker.take(it);
      return followed;
    },
    async ask<R extends v.GenericSchema, A extends v.GenericSchema>(
      question: Question<R, A>,
      request: v.InferInput<R>,
    ): Promise<v.InferOutput<A>> {
      const answer = answers.get(question.subject);
      if (!answer) throw new Fault("unavailable", `nobody answers ${question.subject}`);
      return v.parse(question.answer, await answer(v.parse(question.request, request)));
    },
    async answer(_name, question, handle) {
      answers.set(question.subject, (request) => handle(v.parse(question.request, request)));
      return { [Symbol.asyncDispose]: async () => void answers.delete(question.subject) };
    },
    sent: (message) =>
      published
        .filter(({ subject }) => matcherOf(message).test(subject))
        .map(({ data }) => v.parse(message.schema, JSON.parse(data))),
    activity: () => ({ running, published: published.length }),
    backlog: async () => ({ waiting: 0, working: 0 }),
    oldestUnhandled: async () => undefined,
    ping: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
};

/** A token of a subject holds no dot. */
const matcherOf = (message: Message) =>
  new RegExp(`^${filterOf(message).replaceAll(".", "\\.").replaceAll("*", "[^.]+")}$`);

const matching =
  <M extends Message>(narrowing: Narrowing<M>) =>
  (payload: object) =>
    Object.entries(narrowing).every(([field, value]) => Reflect.get(payload, field) === value);
