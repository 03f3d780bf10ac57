import { AckPolicy, jetstream, jetstreamManager, RetentionPolicy } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import * as v from "valibot";
import { message, question, stream } from "#shared/bus/declare.ts";
import { connectJetStream } from "#shared/bus/jetstream.ts";
import { minutes, seconds } from "#shared/time.ts";
import { startNats } from "../support/nats.ts";
import { silentLog as log } from "../support/world.ts";

// `bun tests/bench/bus.ts`: our bus beside the bare client, on one nats-server, in turns.

type Contestant = {
  publish(n: number): Promise<unknown>;
  ask(n: number): Promise<unknown>;
  /** Calls back when a message comes, in the middle of its being handled. */
  consume(taken: (n: number) => void): Promise<AsyncDisposable>;
};

const count = { publish: 10_000, consume: 2_000, ask: 5_000, atOnce: 500, rounds: 3 };
const padding = "x".repeat(400);

const Numbered = v.object({ n: v.number(), padding: v.string() });

const ours = async (url: string): Promise<Contestant & AsyncDisposable> => {
  const facts = stream("BENCH", { keep: "log", maxAge: minutes(10) });
  const said = message(facts, "bench.said", Numbered, {
    id: ({ n }) => `${n}`,
    key: ({ n }) => `${n}`,
  });
  const echo = question("bench.echo", {
    request: Numbered,
    answer: Numbered,
    timeout: seconds(5),
  });
  const bus = await connectJetStream({ servers: url, messages: [said], log });
  await bus.answer("bench", echo, async (request) => request);
  return {
    publish: (n) => bus.publish(said, { n, padding }),
    ask: (n) => bus.ask(echo, { n, padding }),
    consume: (taken) =>
      bus.consume("bench", said, { atOnce: 1, ackWait: seconds(30) }, async ({ n }) => taken(n)),
    [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose](),
  };
};

const bare = async (url: string): Promise<Contestant & AsyncDisposable> => {
  const connection = await connect({ servers: url });
  const client = jetstream(connection);
  const manager = await jetstreamManager(connection);
  await manager.streams.add({
    name: "BARE",
    subjects: ["bare.said"],
    retention: RetentionPolicy.Limits,
  });
  connection.subscribe("bare.echo", { callback: (_, msg) => void msg.respond(msg.data) });
  return {
    publish: (n) => client.publish("bare.said", JSON.stringify({ n, padding }), { msgID: `${n}` }),
    ask: async (n) =>
      (await connection.request("bare.echo", JSON.stringify({ n, padding }))).json(),
    async consume(taken) {
      await manager.consumers.add("BARE", {
        durable_name: "bench",
        ack_policy: AckPolicy.Explicit,
      });
      const consumer = await client.consumers.get("BARE", "bench");
      const messages = await consumer.consume({
        max_messages: 1,
        callback: (msg) => {
          taken(msg.json<{ n: number }>().n);
          msg.ack();
        },
      });
      return { [Symbol.asyncDispose]: async () => void (await messages.close()) };
    },
    [Symbol.asyncDispose]: () => connection.close(),
  };
};

const quantiles = (times: number[]) => {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor(part * (sorted.length - 1))]?.toFixed(2);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
};

let next = 0;

const publishRate = async ({ publish }: Contestant) => {
  const start = performance.now();
  const end = next + count.publish;
  const publisher = async () => {
    while (next < end) await publish(next++);
  };
  await Promise.all(Array.from({ length: count.atOnce }, publisher));
  return `${Math.round((count.publish / (performance.now() - start)) * 1_000)}/s`;
};

const askTimes = async ({ ask }: Contestant) => {
  const times: number[] = [];
  for (let n = 0; n < count.ask; n++) {
    const start = performance.now();
    await ask(n);
    times.push(performance.now() - start);
  }
  return quantiles(times);
};

/** From before the publish to the handler, one message at a time; what lies there is taken first. */
const consumeTimes = async ({ publish, consume }: Contestant) => {
  let taken = (_: number) => {};
  const times: number[] = [];
  const last = next++;
  const drained = new Promise<void>((resolve) => {
    taken = (n) => n === last && resolve();
  });
  await using _ = await consume((n) => taken(n));
  await publish(last);
  await drained;
  for (let round = 0; round < count.consume; round++) {
    const start = performance.now();
    const n = next++;
    const arrived = new Promise<void>((resolve) => {
      taken = (it) => it === n && resolve();
    });
    await Promise.all([publish(n), arrived]);
    times.push(performance.now() - start);
  }
  return quantiles(times);
};

await using nats = await startNats();
await using our = await ours(nats.url);
await using their = await bare(nats.url);
const contestants = { kiln: our, bare: their };

for (let round = 1; round <= count.rounds; round++)
  for (const [name, contestant] of Object.entries(contestants)) {
    console.log(`round ${round}, ${name}`);
    console.log(`  publish, ${count.atOnce} at once   ${await publishRate(contestant)}`);
    console.log(`  question                ${await askTimes(contestant)}`);
    if (round === count.rounds)
      console.log(`  publish until handled   ${await consumeTimes(contestant)}`);
  }
