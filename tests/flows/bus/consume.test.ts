import { expect, test, vi } from "vitest";
import { Fault } from "#shared/fault.ts";
import { pause } from "#shared/pause.ts";
import { seconds } from "#shared/time.ts";
import { job, startBus } from "../../support/bus.ts";
import { factSaid, jobAsked, jobAskedOtherwise } from "../../support/jobs.ts";

const terms = { atOnce: 1, ackWait: seconds(2) };
const soon = { timeout: seconds(15), interval: 20 };

const ids = Array.from({ length: 50 }, (_, index) => `job-${index}`);

test("work said three times while it waits is done once", async () => {
  await using world = await startBus();
  const done: string[] = [];
  for (const id of ["a", "a", "b", "a", "b"]) await world.bus.publish(jobAsked, job(id));

  await using _ = await world.bus.consume("worker", jobAsked, terms, async ({ id }) => {
    done.push(id);
  });

  await vi.waitFor(() => expect(done).toEqual(["a", "b"]), soon);
});

test("work said again under another id while it is in work is not taken twice", async () => {
  await using world = await startBus();
  const { promise: may, resolve: end } = Promise.withResolvers<void>();
  const done: string[] = [];
  await using _ = await world.bus.consume("worker", jobAsked, terms, async ({ id }) => {
    done.push(id);
    await may;
  });

  await world.bus.publish(jobAsked, job("a"));
  await vi.waitFor(() => expect(done).toEqual(["a"]), soon);
  await world.bus.publish(jobAskedOtherwise, job("a"));
  end();
  await world.bus.publish(jobAsked, job("b"));

  await vi.waitFor(() => expect(done).toEqual(["a", "b"]), soon);
});

test("a log message said three times is done once", async () => {
  await using world = await startBus();
  const done: number[] = [];
  for (const n of [1, 1, 2, 1, 3]) await world.bus.publish(factSaid, { about: "x", n });

  await using _ = await world.bus.consume("listener", factSaid, terms, async ({ n }) => {
    done.push(n);
  });

  await vi.waitFor(() => expect(done).toEqual([1, 2, 3]), soon);
});

test.each(["SIGKILL", "SIGTERM"] as const)(
  "%s of nats-server loses no work and keeps its order",
  async (signal) => {
    await using world = await startBus();
    const done: string[] = [];
    await using _ = await world.bus.consume("worker", jobAsked, terms, async ({ id }) => {
      done.push(id);
    });

    for (const id of ids.slice(0, 20)) await world.bus.publish(jobAsked, job(id));
    const restarted = world.nats.restart(signal);
    for (const id of ids.slice(20)) await world.bus.publish(jobAsked, job(id));
    await restarted;

    await vi.waitFor(() => expect(done).toEqual(ids), soon);
  },
);

test("work under way while nats-server restarts is done once", async () => {
  await using world = await startBus();
  const done: string[] = [];
  const twoSlots = { ...terms, atOnce: 2 };
  await using _ = await world.bus.consume("worker", jobAsked, twoSlots, async ({ id }) => {
    done.push(`${id} begins`);
    if (id === "slow") await pause(3 * terms.ackWait);
    done.push(`${id} ends`);
  });
  await world.bus.publish(jobAsked, job("slow"));
  await vi.waitFor(() => expect(done).toEqual(["slow begins"]), soon);

  await world.nats.restart();
  await vi.waitFor(() => expect(done).toContain("slow ends"), soon);
  await world.bus.publish(jobAsked, job("next"));

  const expected = ["slow begins", "slow ends", "next begins", "next ends"];
  await vi.waitFor(() => expect(done).toEqual(expected), soon);
});

test("two processes share the work", async () => {
  await using world = await startBus();
  const other = await world.connect();
  const done: [string, string][] = [];
  const worker =
    (name: string) =>
    async ({ id }: { id: string }) => {
      done.push([name, id]);
      await vi.waitFor(() => expect(new Set(done.map(([by]) => by)).size).toBe(2), soon);
    };
  await using _first = await world.bus.consume("worker", jobAsked, terms, worker("first"));
  await using _second = await other.consume("worker", jobAsked, terms, worker("second"));

  for (const id of ids) await world.bus.publish(jobAsked, job(id));

  await vi.waitFor(() => expect(done.map(([, id]) => id).sort()).toEqual(ids.toSorted()), soon);
});

test("stopping gives work back at once, and counts no failure", async () => {
  await using world = await startBus();
  const other = await world.connect();
  const long = { atOnce: 1, ackWait: seconds(60) };
  const began = Promise.withResolvers<void>();
  const seen: [string, number][] = [];
  const stopped = await world.bus.consume("worker", jobAsked, long, (_, { failures, signal }) => {
    seen.push(["first", failures]);
    began.resolve();
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(new Error("stopping")));
    });
  });
  await world.bus.publish(jobAsked, job("a"));
  await began.promise;

  await stopped[Symbol.asyncDispose]();
  await using _ = await other.consume("worker", jobAsked, long, async (_, { failures }) => {
    seen.push(["second", failures]);
  });

  await vi.waitFor(
    () =>
      expect(seen).toEqual([
        ["first", 0],
        ["second", 0],
      ]),
    { timeout: seconds(15) },
  );
  expect(world.events()).toEqual([]);
});

test("stopping in the middle of an idle pull takes no time, and takes no work along", async () => {
  await using world = await startBus();
  const done: string[] = [];
  const handle = async ({ id }: { id: string }) => void done.push(id);
  const slow = { atOnce: 3, ackWait: seconds(60) };
  const before = performance.now();

  for (const id of ids.slice(0, 10)) {
    const consuming = await world.bus.consume("worker", jobAsked, slow, handle);
    const said = world.bus.publish(jobAsked, job(id));
    await consuming[Symbol.asyncDispose]();
    await said;
  }
  expect(performance.now() - before).toBeLessThan(seconds(20));
  await using _ = await world.bus.consume("worker", jobAsked, slow, handle);

  await vi.waitFor(() => expect(done.toSorted()).toEqual(ids.slice(0, 10)), {
    timeout: seconds(15),
  });
});

test("a failure is tried again, and told how often it failed", async () => {
  await using world = await startBus();
  const seen: number[] = [];
  await using _ = await world.bus.consume("worker", jobAsked, terms, async (_, { failures }) => {
    seen.push(failures);
    if (failures < 2) throw new Fault("unavailable", "not yet");
  });

  await world.bus.publish(jobAsked, job("a"));

  await vi.waitFor(() => expect(seen).toEqual([0, 1, 2]), soon);
});

test("work that is given up says an outcome and is gone, and other work goes on", async () => {
  await using world = await startBus();
  const refusal = new Fault("invalid", "no such thing");
  const dropped: unknown[] = [];
  const done: string[] = [];
  await using _ = await world.bus.consume(
    "worker",
    jobAsked,
    terms,
    async ({ id }) => {
      if (id === "bad") throw refusal;
      done.push(id);
    },
    async (payload, error) => void dropped.push([payload, error]),
  );

  for (const id of ["bad", "good"]) await world.bus.publish(jobAsked, job(id));

  await vi.waitFor(() => expect(done).toEqual(["good"]), soon);
  expect(dropped).toEqual([[job("bad"), refusal]]);
  expect(world.events()).toEqual(["message dropped"]);
});

test("a payload that is not understood is dropped, and said so", async () => {
  await using world = await startBus();
  const done: string[] = [];
  await using _ = await world.bus.consume("worker", jobAsked, terms, async ({ id }) => {
    done.push(id);
  });

  await world.bus.publish(jobAskedOtherwise, { id: "bad", kind: "any", text: 7 });
  await world.bus.publish(jobAsked, job("good"));

  await vi.waitFor(() => expect(done).toEqual(["good"]), soon);
  expect(world.events()).toEqual(["message dropped: not understood"]);
});
