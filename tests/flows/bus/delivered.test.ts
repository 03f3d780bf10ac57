import { expect, test, vi } from "vitest";
import type { Delivered } from "#shared/bus/bus.ts";
import { connectJetStream } from "#shared/bus/jetstream.ts";
import { Fault } from "#shared/fault.ts";
import { minutes, seconds } from "#shared/time.ts";
import { job } from "../../support/bus.ts";
import { jobAsked } from "../../support/jobs.ts";
import { startNats } from "../../support/nats.ts";
import { silentLog } from "../../support/world.ts";

const terms = { atOnce: 1, ackWait: seconds(30) };
const soon = { timeout: minutes(1), interval: 20 };

/** A bus that tells of its deliveries. */
const setup = async () => {
  await using stack = new AsyncDisposableStack();
  const nats = stack.use(await startNats());
  const told: string[] = [];
  const bus = stack.use(
    await connectJetStream({
      servers: nats.url,
      messages: [jobAsked],
      log: silentLog,
      delivered: ({ name, message, verdict, again }: Delivered) =>
        told.push(`${name} ${message.subject} ${verdict}${again ? ", not its first" : ""}`),
    }),
  );
  const resources = stack.move();
  return { nats, bus, told, [Symbol.asyncDispose]: () => resources.disposeAsync() };
};

test("each delivery is told of, with what became of it", async () => {
  await using it = await setup();
  const failures = [new Fault("unavailable", "later"), new Fault("invalid", "never")];
  await using _ = await it.bus.consume("worker", jobAsked, terms, async () => {
    const failure = failures.shift();
    if (failure) throw failure;
  });

  await it.bus.publish(jobAsked, job("a"));
  await vi.waitFor(() => expect(it.told).toHaveLength(2), soon);
  await it.bus.publish(jobAsked, job("b"));
  await vi.waitFor(() => expect(it.told).toHaveLength(3), soon);

  expect(it.told).toEqual([
    "worker job.asked.{kind}.{id} again",
    "worker job.asked.{kind}.{id} drop, not its first",
    "worker job.asked.{kind}.{id} done",
  ]);
});

test("a consumer knows how much waits, how much it has in work, and since when", async () => {
  await using it = await setup();
  const { promise: may, resolve: end } = Promise.withResolvers<void>();
  await using _ = await it.bus.consume("worker", jobAsked, terms, () => may);
  const look = () => it.bus.backlog("worker", jobAsked);
  const before = Date.now();

  const empty = await look();
  for (const id of ["a", "b", "c"]) await it.bus.publish(jobAsked, job(id));
  await vi.waitFor(
    async () => expect(await look()).toMatchObject({ waiting: 2, working: 1 }),
    soon,
  );
  const { oldestAt = 0 } = await look();
  end();

  expect(empty).toEqual({ waiting: 0, working: 0 });
  expect(oldestAt).toBeGreaterThanOrEqual(before);
  expect(oldestAt).toBeLessThanOrEqual(Date.now());
  await vi.waitFor(async () => expect(await look()).toEqual(empty), soon);
});

test("of a server that is away nothing is known, at once", async () => {
  await using it = await setup();
  await using _ = await it.bus.consume("worker", jobAsked, terms, async () => {});
  await it.nats.down();

  await vi.waitFor(
    () => expect(it.bus.backlog("worker", jobAsked)).rejects.toThrow("connection lost"),
    soon,
  );
});
