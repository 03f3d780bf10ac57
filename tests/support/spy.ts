import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import * as v from "valibot";
import { durableOf, filterOf, type Message } from "#shared/bus/declare.ts";
import { messages, questions } from "#shared/messages/index.ts";
import type { Service } from "#shared/service/define.ts";

/** `declared`: the subject as the catalogue of messages and questions has it. */
export type Said = { readonly declared: string; readonly text: string };

const AboutBuild = v.object({ build: v.string() });

type Tables = Pick<Service, "name" | "consumes" | "answers">;

/** Hears everything that is said on a nats-server, and knows what its consumers and answerers have not done yet. */
export const openSpy = async (servers: string) => {
  const nats = await connect({ servers });
  const manager = await jetstreamManager(nats);
  const listeners = new Set<(said: Said) => void>();
  const unanswered = new Map<string, string>();
  const hear = (declared: string, text: string) => {
    for (const listener of listeners) listener({ declared, text });
  };
  for (const { subject } of questions)
    nats.subscribe(subject, {
      callback: (_, msg) => {
        if (msg.reply) unanswered.set(msg.reply, subject);
        hear(subject, msg.string());
      },
    });
  nats.subscribe("_INBOX.>", { callback: (_, { subject }) => void unanswered.delete(subject) });
  for (const message of messages)
    nats.subscribe(filterOf(message), {
      callback: (_, msg) => hear(message.subject, msg.string()),
    });
  await nats.flush();

  const inWork = async ({ name }: Tables, message: Message) => {
    const info = await manager.consumers.info(message.stream.name, durableOf(name, message));
    return info.num_ack_pending;
  };
  return {
    /** The next thing said of which `wanted` is true, after this was called. */
    next: (wanted: (said: Said) => boolean) =>
      new Promise<Said>((resolve) => {
        const listener = (said: Said) => {
          if (!wanted(said)) return;
          listeners.delete(listener);
          resolve(said);
        };
        listeners.add(listener);
      }),

    /** Messages that processes of a service have not acknowledged, and questions they have not answered. */
    async heldBy(service: Tables) {
      await nats.flush();
      const asked = new Set(service.answers?.map(({ question }) => question.subject));
      const counts = await Promise.all(
        (service.consumes ?? []).map(({ message }) => inWork(service, message)),
      );
      const open = [...unanswered.values()].filter((subject) => asked.has(subject)).length;
      return counts.reduce((sum, count) => sum + count, open);
    },

    /** How often a message was kept, by the build it is about. */
    async countsOf(message: Message) {
      const { stream } = message;
      const { state } = await manager.streams.info(stream.name);
      const counts: Record<string, number> = {};
      for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
        const found = await manager.streams.getMessage(stream.name, { seq });
        if (found?.subject !== filterOf(message)) continue;
        const { build } = v.parse(AboutBuild, found.json());
        counts[build] = (counts[build] ?? 0) + 1;
      }
      return counts;
    },

    [Symbol.asyncDispose]: () => nats.close(),
  };
};
