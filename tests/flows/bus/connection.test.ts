import { expect, test, vi } from "vitest";
import { connectJetStream } from "#shared/bus/jetstream.ts";
import { Fault } from "#shared/fault.ts";
import { seconds } from "#shared/time.ts";
import { job, startBus } from "../../support/bus.ts";
import { doubled, factSaid, jobAsked } from "../../support/jobs.ts";
import { startNats } from "../../support/nats.ts";
import { silentLog as log } from "../../support/world.ts";

test("all four ways work over a web socket", async () => {
  await using world = await startBus();
  const servers = world.nats.webSocketUrl;
  await using edge = await connectJetStream({ servers, messages: [jobAsked, factSaid], log });
  const [done, seen]: [string[], number[]] = [[], []];
  const terms = { atOnce: 1, ackWait: seconds(2) };
  await using _consuming = await edge.consume("worker", jobAsked, terms, async ({ id }) => {
    done.push(id);
  });
  await using _following = await edge.follow(factSaid, "start", ({ n }) => seen.push(n));
  await using _answering = await edge.answer("mathematician", doubled, async ({ n }) => 2 * n);

  await edge.publish(jobAsked, job("a"));
  await edge.publish(factSaid, { about: "x", n: 1 });

  expect(await edge.ask(doubled, { n: 21 })).toBe(42);
  await vi.waitFor(() => expect([done, seen]).toEqual([["a"], [1]]), { timeout: seconds(10) });
});

test("a nats-server that comes back without its store is given its streams again, and work goes on", async () => {
  await using world = await startBus();
  const [done, seen]: [string[], number[]] = [[], []];
  const terms = { atOnce: 1, ackWait: seconds(2) };
  await using _consuming = await world.bus.consume("worker", jobAsked, terms, async ({ id }) => {
    done.push(id);
  });
  await using _following = await world.bus.follow(factSaid, "start", ({ n }) => seen.push(n));
  for (const n of [1, 2, 3]) await world.bus.publish(factSaid, { about: "x", n });
  await world.bus.publish(jobAsked, job("before"));
  const soon = { timeout: seconds(20) };
  await vi.waitFor(() => expect([done, seen]).toEqual([["before"], [1, 2, 3]]), soon);

  await world.nats.down();
  await world.nats.up({ empty: true });
  await world.bus.publish(factSaid, { about: "x", n: 4 });
  await world.bus.publish(jobAsked, job("after"));

  await vi.waitFor(() => expect(done).toEqual(["before", "after"]), soon);
  await vi.waitFor(() => expect(seen).toEqual([1, 2, 3, 4]), soon);
}, 60_000);

test("a nats-server that knows us no more is gone back to until it does", async () => {
  const environment = { PASSWORD: "right" };
  const settings = "authorization { user: kiln, password: $PASSWORD }";
  await using nats = await startNats({ settings, environment });
  const servers = nats.url.replace("//", "//kiln:right@");
  await using bus = await connectJetStream({ servers, messages: [factSaid], log });
  await nats.down();
  environment.PASSWORD = "wrong";
  await nats.up();
  const refusals = () => nats.log.filter((line) => line.includes("authentication error")).length;
  await expect.poll(refusals, { timeout: seconds(30) }).toBeGreaterThan(4);

  await nats.down();
  environment.PASSWORD = "right";
  await nats.up();

  await bus.publish(factSaid, { about: "x", n: 1 });
  await expect(bus.ping()).resolves.toBeUndefined();
}, 90_000);

test("stopping does not wait for a nats-server that is away", async () => {
  await using world = await startBus();
  const bus = await world.connect();
  const began = Promise.withResolvers<void>();
  const terms = { atOnce: 2, ackWait: seconds(2) };
  const consuming = await bus.consume("worker", jobAsked, terms, async (_, { signal }) => {
    began.resolve();
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  });
  const following = await bus.follow(factSaid, "start", () => {});
  const answering = await bus.answer("mathematician", doubled, async ({ n }) => 2 * n);
  await world.bus.publish(jobAsked, job("a"));
  await began.promise;
  await world.nats.down();
  const before = performance.now();

  for (const it of [answering, consuming, following, bus]) await it[Symbol.asyncDispose]();

  expect(performance.now() - before).toBeLessThan(seconds(20));
});

test.each(["127.0.0.1:4222", "http://127.0.0.1:4222", "nats"])(
  "%s is no address of a nats-server",
  async (servers) => {
    await expect(connectJetStream({ servers, messages: [], log })).rejects.toEqual(
      new Fault("invalid", `NATS_URL is ${servers}, expected nats://host:port or wss://host:port`),
    );
  },
);

test("a bad address is told without its password", async () => {
  const servers = "natz://user:secret@host:4222";

  await expect(connectJetStream({ servers, messages: [], log })).rejects.not.toThrow(/secret/);
});
