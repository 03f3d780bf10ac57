import * as v from "valibot";
import type { Bus } from "#shared/bus/bus.ts";
import type { Message, Narrowing, Payload, Question } from "#shared/bus/declare.ts";
import { Fault } from "#shared/fault.ts";

export type MemoryBus = Bus & {
  /** Everything published of one message, oldest first. */
  sent<M extends Message>(message: M): Payload<M>[];
};

type Published = { readonly message: Message; readonly value: object };

/** A bus in one process, without retries: what a handler throws, the publisher gets. */
export const memoryBus = (): MemoryBus => {
  const published: Published[] = [];
  const takers = new Set<(it: Published) => Promise<void>>();
  const answers = new Map<string, (request: unknown) => Promise<unknown>>();
  const taking = <M extends Message>(message: M, each: (payload: Payload<M>) => Promise<void>) => {
    const take = async (it: Published) => {
      if (it.message === message) await each(v.parse(message.schema, it.value));
    };
    takers.add(take);
    return { take, [Symbol.asyncDispose]: async () => void takers.delete(take) };
  };

  return {
    async publish(message, payload) {
      const it = { message, value: v.parse(message.schema, payload) };
      published.push(it);
      for (const take of takers) await take(it);
    },
    async consume(_name, message, _terms, handle) {
      const stopping = new AbortController();
      const { signal } = stopping;
      const taken = taking(message, (payload) =>
        handle(payload, { failures: 0, signal, later: () => {} }),
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
      if (from === "start") for (const it of [...published]) await followed.take(it);
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
        .filter((it) => it.message === message)
        .map((it) => v.parse(message.schema, it.value)),
    backlog: async () => ({ waiting: 0, working: 0 }),
    ping: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
};

const matching =
  <M extends Message>(narrowing: Narrowing<M>) =>
  (payload: object) =>
    Object.entries(narrowing).every(([field, value]) => Reflect.get(payload, field) === value);
