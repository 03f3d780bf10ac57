import { expect, test, vi } from "vitest";
import { pause } from "#shared/pause.ts";
import { minutes, seconds } from "#shared/time.ts";
import { job, startBus } from "../../support/bus.ts";
import { doubled, jobAsked } from "../../support/jobs.ts";

test("work is given to nobody else while nats-server is away for longer than its ack wait", async () => {
  await using world = await startBus();
  const others = await Promise.all([world.connect(), world.connect(), world.connect()]);
  const terms = { atOnce: 2, ackWait: seconds(1) };
  const done: string[] = [];
  const may = Promise.withResolvers<void>();
  const work = async () => {
    done.push("begins");
    await may.promise;
    done.push("ends");
  };
  await using stack = new AsyncDisposableStack();
  for (const bus of [world.bus, ...others])
    stack.use(await bus.consume("worker", jobAsked, terms, work));
  await world.bus.publish(jobAsked, job("a"));
  await vi.waitFor(() => expect(done).toEqual(["begins"]), seconds(15));

  await world.nats.down();
  await pause(seconds(3));
  await world.nats.up();
  await pause(seconds(4));
  may.resolve();

  await vi.waitFor(() => expect(done).toEqual(["begins", "ends"]), seconds(15));
}, 60_000);

test("who asks is told when who was to answer is gone", async () => {
  await using world = await startBus();
  const other = await world.connect();
  const asked = { ...doubled, timeout: minutes(1) };
  const heard = Promise.withResolvers<void>();
  const { promise: never } = Promise.withResolvers<number>();
  await other.answer("mathematician", asked, () => {
    heard.resolve();
    return never;
  });

  const answer = world.bus.ask(asked, { n: 1 });
  await heard.promise;
  await other[Symbol.asyncDispose]();

  await expect(answer).rejects.toMatchObject({
    kind: "unavailable",
    message: "who was to answer number.double went away; ask again",
  });
}, 30_000);
