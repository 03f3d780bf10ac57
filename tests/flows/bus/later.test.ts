import { expect, test, vi } from "vitest";
import { seconds } from "#shared/time.ts";
import { job, startBus } from "../../support/bus.ts";
import { jobAsked } from "../../support/jobs.ts";

const terms = { atOnce: 1, ackWait: seconds(5) };
const soon = { timeout: seconds(50), interval: 20 };

test("work that is put off comes again each time, and none of that is a failure", async () => {
  await using world = await startBus();
  const failures: number[] = [];
  const dropped: string[] = [];
  await world.bus.publish(jobAsked, job("a"));

  await using _ = await world.bus.consume(
    "worker",
    jobAsked,
    terms,
    async (_job, delivery) => {
      failures.push(delivery.failures);
      if (failures.length < 15) delivery.later(20);
    },
    async ({ id }) => void dropped.push(id),
  );

  await vi.waitFor(() => expect(failures).toHaveLength(15), soon);
  expect([...new Set(failures)]).toEqual([0]);
  expect(dropped).toEqual([]);
  expect(world.events()).not.toContain("delivery failed");
});

test("work that one process puts off another does, and holds up nothing", async () => {
  await using world = await startBus();
  const other = await world.connect();
  const [done, elsewhere]: [string[], string[]] = [[], []];
  await using _ = await world.bus.consume("worker", jobAsked, terms, async ({ id }, delivery) => {
    if (id === "foreign") return delivery.later(50);
    done.push(id);
  });
  await world.bus.publish(jobAsked, job("foreign"));
  await world.bus.publish(jobAsked, job("own"));
  await vi.waitFor(() => expect(done).toEqual(["own"]), soon);

  await using __ = await other.consume("worker", jobAsked, terms, async ({ id }) => {
    elsewhere.push(id);
  });

  await vi.waitFor(() => expect(elsewhere).toEqual(["foreign"]), soon);
});
