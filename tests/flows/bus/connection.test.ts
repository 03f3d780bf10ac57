import { expect, test, vi } from "vitest";
import { connectJetStream } from "#shared/bus/jetstream.ts";
import { Fault } from "#shared/fault.ts";
import { seconds } from "#shared/time.ts";
import { job, startBus } from "../../support/bus.ts";
import { doubled, factSaid, jobAsked } from "../../support/jobs.ts";
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
