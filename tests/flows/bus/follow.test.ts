import { expect, test, vi } from "vitest";
import { Fault } from "#shared/fault.ts";
import { startBus } from "../../support/bus.ts";
import { factSaid } from "../../support/jobs.ts";

const soon = { timeout: 15_000, interval: 20 };
const numbers = Array.from({ length: 200 }, (_, index) => index);
const fact = (n: number, about = "x") => ({ about, n });

test("a follower from the start sees everything in order, and each once", async () => {
  await using world = await startBus();
  const seen: number[] = [];
  for (const n of [0, 1, 1, 2]) await world.bus.publish(factSaid, fact(n));

  await using _ = await world.bus.follow(factSaid, "start", ({ n }) => seen.push(n));
  await world.bus.publish(factSaid, fact(3));

  await vi.waitFor(() => expect(seen).toEqual([0, 1, 2, 3]), soon);
});

test("a follower from now sees what is said after it was promised, and nothing before", async () => {
  await using world = await startBus();
  const seen: number[] = [];
  for (const n of [0, 1, 2]) await world.bus.publish(factSaid, fact(n));

  await using _ = await world.bus.follow(factSaid, "now", ({ n }) => seen.push(n));
  for (const n of [3, 4]) await world.bus.publish(factSaid, fact(n));

  await vi.waitFor(() => expect(seen).toEqual([3, 4]), soon);
});

test("a narrowed follower sees its part alone", async () => {
  await using world = await startBus();
  const seen: object[] = [];
  await using _ = await world.bus.follow(factSaid, "start", (it) => seen.push(it), { about: "y" });

  await world.bus.publish(factSaid, fact(1, "x"));
  await world.bus.publish(factSaid, fact(2, "y"));

  await vi.waitFor(() => expect(seen).toEqual([fact(2, "y")]), soon);
});

test.each([
  ["start", "SIGKILL"],
  ["start", "SIGTERM"],
  ["now", "SIGKILL"],
] as const)(
  "a follower from %s has no gap and no repeat over two times %s of nats-server",
  async (from, signal) => {
    await using world = await startBus();
    const speaker = await world.connect();
    const seen: number[] = [];
    await using _ = await world.bus.follow(factSaid, from, ({ n }) => seen.push(n));

    let restarted = Promise.resolve();
    for (const n of numbers) {
      if (n === 50 || n === 100) {
        await restarted;
        restarted = world.nats.restart(signal);
      }
      await speaker.publish(factSaid, fact(n));
    }
    await vi.waitFor(() => expect(seen).toEqual(numbers), soon);
  },
);

test("a follower of a silent subject comes back after a restart without repeating the past", async () => {
  await using world = await startBus();
  const seen: number[] = [];
  for (const n of [0, 1]) await world.bus.publish(factSaid, fact(n));
  await using _ = await world.bus.follow(factSaid, "now", ({ n }) => seen.push(n));

  await world.nats.restart();
  await world.bus.publish(factSaid, fact(2));

  await vi.waitFor(() => expect(seen).toEqual([2]), soon);
});

test("what one follower does not understand or cannot bear, it is told, and goes on", async () => {
  await using world = await startBus();
  const seen: number[] = [];
  await using _ = await world.bus.follow(factSaid, "start", ({ n }) => {
    if (n === 1) throw new Error("cannot bear it");
    seen.push(n);
  });

  for (const n of [0, 1, 2]) await world.bus.publish(factSaid, fact(n));

  await vi.waitFor(() => expect(seen).toEqual([0, 2]), soon);
  expect(world.events()).toEqual(["follower failed"]);
});

test("a follower that ended hears nothing more", async () => {
  await using world = await startBus();
  const [ended, going]: [number[], number[]] = [[], []];
  const following = await world.bus.follow(factSaid, "start", ({ n }) => ended.push(n));
  await using _ = await world.bus.follow(factSaid, "start", ({ n }) => going.push(n));

  await following[Symbol.asyncDispose]();
  await world.bus.publish(factSaid, fact(0));

  await vi.waitFor(() => expect(going).toEqual([0]), soon);
  expect(ended).toEqual([]);
});

test.each(["start", "now"] as const)(
  "who would follow from the %s while nats-server is away is told so at once",
  async (from) => {
    await using world = await startBus();
    await world.nats.down();
    await vi.waitFor(() => expect(world.events()).toContain("nats-server lost"), soon);

    const following = world.bus.follow(factSaid, from, () => {});

    await expect(following).rejects.toEqual(
      new Fault("unavailable", "fact.said.{about} cannot be followed: connection lost"),
    );
  },
);
