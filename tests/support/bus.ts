import type { Message } from "#shared/bus/declare.ts";
import { connectJetStream } from "#shared/bus/jetstream.ts";
import { jsonLog } from "#shared/service/log.ts";
import { factSaid, jobAsked } from "./jobs.ts";
import { startNats } from "./nats.ts";

/** A nats-server and buses on it, each as a process of its own would have one; and what they logged. */
export const startBus = async () => {
  await using stack = new AsyncDisposableStack();
  const nats = stack.use(await startNats());
  const lines: { readonly event: string }[] = [];
  const log = jsonLog((line) => lines.push(JSON.parse(line)));
  const buses = stack.use(new AsyncDisposableStack());
  const connect = async (messages: readonly Message[] = [jobAsked, factSaid], alone = false) =>
    buses.use(await connectJetStream({ servers: nats.url, messages, log, alone }));
  const bus = await connect();
  const resources = stack.move();
  return {
    nats,
    bus,
    /** Another process's. */
    connect,
    events: () => lines.map(({ event }) => event),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

/** One job of that id. */
export const job = (id: string) => ({ id, kind: "any" });
