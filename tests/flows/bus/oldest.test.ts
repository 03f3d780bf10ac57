import { expect, test, vi } from "vitest";
import { minutes, seconds } from "#shared/time.ts";
import { job, startBus } from "../../support/bus.ts";
import { factSaid, jobAsked } from "../../support/jobs.ts";

const terms = { atOnce: 1, ackWait: seconds(30) };
const soon = { timeout: minutes(1), interval: 20 };

test("no message waits where everything is handled, however much a log keeps", async () => {
  await using it = await startBus();
  const facts: number[] = [];
  await using _ = await it.bus.consume("reader", factSaid, terms, async ({ n }) => {
    facts.push(n);
  });
  await it.bus.publish(factSaid, { about: "a", n: 1 });
  await vi.waitFor(() => expect(facts).toEqual([1]), soon);

  await vi.waitFor(
    async () => expect(await it.bus.oldestUnhandled([jobAsked, factSaid])).toBeUndefined(),
    soon,
  );
});

test("the oldest message that waits for a worker counts", async () => {
  await using it = await startBus();
  const before = Date.now();
  await it.bus.publish(jobAsked, job("a"));
  const between = Date.now();
  await it.bus.publish(jobAsked, job("b"));

  const oldest = (await it.bus.oldestUnhandled([jobAsked, factSaid])) ?? 0;

  expect(oldest).toBeGreaterThanOrEqual(before);
  expect(oldest).toBeLessThanOrEqual(between);
});

test("of a log, the first message counts that a consumer has not acknowledged", async () => {
  await using it = await startBus();
  const { promise: may, resolve: end } = Promise.withResolvers<void>();
  const begun: number[] = [];
  await using _ = await it.bus.consume("reader", factSaid, terms, async ({ n }) => {
    begun.push(n);
    if (n === 2) await may;
  });
  await it.bus.publish(factSaid, { about: "a", n: 1 });
  await vi.waitFor(async () => {
    expect(begun).toEqual([1]);
    expect(await it.bus.oldestUnhandled([jobAsked, factSaid])).toBeUndefined();
  }, soon);
  const before = Date.now();
  await it.bus.publish(factSaid, { about: "b", n: 2 });
  const after = Date.now();
  await it.bus.publish(factSaid, { about: "c", n: 3 });

  await vi.waitFor(() => expect(begun).toEqual([1, 2]), soon);
  const oldest = (await it.bus.oldestUnhandled([jobAsked, factSaid])) ?? 0;

  expect(oldest).toBeGreaterThanOrEqual(before);
  expect(oldest).toBeLessThanOrEqual(after);
  end();
  await vi.waitFor(
    async () => expect(await it.bus.oldestUnhandled([jobAsked, factSaid])).toBeUndefined(),
    soon,
  );
});

test("a consumer of other messages does not count, whatever waits for it", async () => {
  await using it = await startBus();
  {
    await using _ = await it.bus.consume("reader", factSaid, terms, async () => {});
  }
  await it.bus.publish(factSaid, { about: "a", n: 1 });

  expect(await it.bus.oldestUnhandled([jobAsked])).toBeUndefined();
  expect(await it.bus.oldestUnhandled([factSaid])).toEqual(expect.any(Number));
});
