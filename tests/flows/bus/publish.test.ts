import { expect, test, vi } from "vitest";
import { Fault } from "#shared/fault.ts";
import { minutes } from "#shared/time.ts";
import { job, startBus } from "../../support/bus.ts";
import { factSaid, jobAsked } from "../../support/jobs.ts";

const soon = { timeout: 15_000, interval: 20 };

test("what is said while nats-server is away is kept when it is back", async () => {
  await using world = await startBus();
  const seen: number[] = [];
  await world.nats.down();

  const said = [1, 2, 3].map((n) => world.bus.publish(factSaid, { about: "x", n }));
  await expect(world.bus.ping()).rejects.toMatchObject({ kind: "unavailable" });
  await world.nats.up();
  await Promise.all(said);
  await world.bus.ping();

  await using _ = await world.bus.follow(factSaid, "start", ({ n }) => seen.push(n));
  await vi.waitFor(() => expect(seen.toSorted()).toEqual([1, 2, 3]), soon);
});

test("what is too large is refused and named", async () => {
  await using world = await startBus();

  const said = world.bus.publish(jobAsked, { ...job("a"), text: "x".repeat(256 * 1024) });

  await expect(said).rejects.toEqual(
    new Fault("invalid", "job.asked.any.a has 262177 bytes, the bus takes 262144"),
  );
});

test("what is not the declared shape is not said", async () => {
  await using world = await startBus();
  const n = Number.NaN;

  await expect(world.bus.publish(factSaid, { about: "x", n })).rejects.toThrow(/NaN/);
  await expect(world.bus.publish(factSaid, { about: "a.b", n: 1 })).rejects.toThrow(TypeError);
});

test("a stream is brought to settings that changed, and keeps what it has", async () => {
  await using world = await startBus();
  const stream = { ...factSaid.stream, maxAge: minutes(5) };
  const seen: number[] = [];
  await world.bus.publish(factSaid, { about: "x", n: 1 });

  const longer = await world.connect([
    { ...factSaid, stream },
    { ...factSaid, stream, subject: "fact.new" },
  ]);
  await longer.publish({ ...factSaid, stream, subject: "fact.new" }, { about: "x", n: 2 });

  await using _ = await longer.follow(factSaid, "start", ({ n }) => seen.push(n));
  await vi.waitFor(() => expect(seen).toEqual([1]), soon);
});

test("a stream that is kept in another way is refused and named", async () => {
  await using world = await startBus();
  const stream = { ...factSaid.stream, keep: "work" } as const;

  await expect(world.connect([{ ...factSaid, stream }])).rejects.toMatchObject({
    kind: "conflict",
    message: expect.stringContaining("stream FACTS is kept by limits, expected workqueue"),
  });
});

test("a server that is not there is unavailable in the words of whoever asks for it", async () => {
  await using world = await startBus();
  await world.bus[Symbol.asyncDispose]();

  await expect(world.bus.publish(factSaid, { about: "x", n: 1 })).rejects.toMatchObject({
    kind: "unavailable",
  });
  await expect(world.bus.ping()).rejects.toMatchObject({ kind: "unavailable" });
});
