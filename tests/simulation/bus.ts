import type { Msg } from "@nats-io/nats-core";
import * as v from "valibot";
import type { Bus, Dropped, Handle, Terms } from "#shared/bus/bus.ts";
import { durableOf, filterOf, type Message } from "#shared/bus/declare.ts";
import { deliver, parsePayload } from "#shared/bus/deliver.ts";
import { openGate } from "#shared/bus/gate.ts";
import { type Prepared, prepare } from "#shared/bus/prepare.ts";
import type { Log } from "#shared/service/log.ts";
import { seconds } from "#shared/time.ts";
import type { Handed } from "./consumers.ts";
import { type Kernel, type Process, unlessDead } from "./kernel.ts";
import type { Server } from "./server.ts";
import { declaredOf, matcherOf, type Stored } from "./streams.ts";

type Parts = {
  readonly kernel: Kernel;
  readonly server: Server;
  readonly process: Process;
  readonly log: Log;
};

/** How long a pull waits before its process looks again whether it may take work. */
const pullExpires = seconds(30);

/** The bus as one process has it. Whatever it does there is a point. */
export const openBus = ({ kernel, server, process, log }: Parts): Bus => {
  const pause = kernel.pauseOf(process);
  const untilUp = async () => {
    await server.untilUp();
    await unlessDead(process);
  };

  const send = async ({ subject, id, data }: Prepared) => {
    const declared = declaredOf(subject);
    await kernel.reach(process, "publish", declared.subject, id);
    await untilUp();
    server.store({ subject, id, data, declared });
  };

  const consume = async <M extends Message>(
    name: string,
    message: M,
    terms: Terms,
    handle: Handle<M>,
    dropped?: Dropped<M>,
  ): Promise<AsyncDisposable> => {
    const durable = {
      name: durableOf(name, message),
      stream: message.stream.name,
      declared: message.subject,
      matches: matcherOf(filterOf(message)),
      ackWait: terms.ackWait,
    };
    const stopping = new AbortController();
    const { signal } = stopping;
    const receiver = { message, log, handle, dropped };
    const isReady = openGate(terms.ready, durable.name, log);
    const held = new Set<string>();
    const ended = new Set<string>();
    const failures = new Map<string, number>();

    const pull = () =>
      new Promise<Handed | undefined>((resolve) => {
        const end = () => {
          withdraw();
          cancel?.();
          signal.removeEventListener("abort", end);
          resolve(undefined);
        };
        const withdraw = server.consumers.pull(durable, process, (handed) => {
          cancel?.();
          signal.removeEventListener("abort", end);
          resolve(handed);
        });
        const cancel = terms.ready && kernel.clock.after(pullExpires, end);
        signal.addEventListener("abort", end);
      });
    const work = async ({ message: stored, identity, settle, hold }: Handed) => {
      if (held.has(identity)) return;
      held.add(identity);
      hold();
      const before = failures.get(identity) ?? 0;
      const verdict = ended.has(identity)
        ? ({ kind: "done" } as const)
        : await deliver(receiver, msgOf(stored), before, signal);
      if (verdict.kind === "again") {
        if (!signal.aborted) failures.set(identity, before + 1);
      } else if (verdict.kind !== "later") ended.add(identity);
      await kernel.reach(process, "ack", message.subject, `${verdict.kind} ${stored.id}`);
      await untilUp();
      settle(verdict);
      held.delete(identity);
    };
    const serve = async () => {
      while (!signal.aborted) {
        if (!(await isReady())) {
          await pause(seconds(1), signal);
          continue;
        }
        const handed = await pull();
        if (handed) await work(handed);
      }
    };
    const slots = Array.from({ length: terms.atOnce }, serve);
    return {
      async [Symbol.asyncDispose]() {
        stopping.abort();
        await Promise.all(slots);
      },
    };
  };

  return {
    publish: async (message, payload) => send(prepare(message, payload)),
    send,
    consume,
    async follow(message, from, each, narrowing) {
      const following = {
        process,
        stream: message.stream.name,
        declared: message.subject,
        matches: matcherOf(filterOf(message, narrowing)),
        each(stored: Stored) {
          const parsed = parsePayload(message, msgOf(stored));
          if (parsed.success) each(parsed.payload);
        },
      };
      const stop = await server.followers.follow(following, from);
      return { [Symbol.asyncDispose]: async () => stop() };
    },
    async ask(question, request) {
      const answer = await server.questions.ask(process, question, request);
      return v.parse(question.answer, answer);
    },
    async answer(_name, question, handle) {
      const stop = server.questions.answer(process, question, (request) =>
        handle(v.parse(question.request, request)),
      );
      return { [Symbol.asyncDispose]: async () => stop() };
    },
    backlog: async () => ({ waiting: 0, working: 0 }),
    async oldestUnhandled(messages) {
      await untilUp();
      const oldest = server.consumers.oldest(messages.map(({ subject }) => subject));
      return Number.isFinite(oldest) ? oldest : undefined;
    },
    ping: untilUp,
    [Symbol.asyncDispose]: async () => {},
  };
};

/** Safe: deciding about a delivery takes its subject and its data alone. */
const msgOf = ({ subject, data }: Stored) =>
  ({ subject, data: new TextEncoder().encode(data) }) as Msg;
