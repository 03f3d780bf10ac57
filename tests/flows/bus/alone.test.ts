import { expect, test, vi } from "vitest";
import { minutes, seconds } from "#shared/time.ts";
import { job, startBus } from "../../support/bus.ts";
import { jobAsked } from "../../support/jobs.ts";

const terms = { atOnce: 1, ackWait: minutes(5) };

test("a process that knows to be alone is given at once what a dead one had in work", async () => {
  await using world = await startBus();
  const taken: string[] = [];
  const held = Promise.withResolvers<void>();
  await using _dead = await world.bus.consume("worker", jobAsked, terms, async ({ id }) => {
    taken.push(`dead ${id}`);
    await held.promise;
  });
  await world.bus.publish(jobAsked, job("a"));
  await vi.waitFor(() => expect(taken).toEqual(["dead a"]), { timeout: 15_000 });

  const alone = await world.connect([jobAsked], true);
  await using _ = await alone.consume("worker", jobAsked, terms, async ({ id }) => {
    taken.push(`alone ${id}`);
  });

  await vi.waitFor(() => expect(taken).toEqual(["dead a", "alone a"]), seconds(15));
  held.resolve();
});
