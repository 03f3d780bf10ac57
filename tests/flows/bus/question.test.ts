import * as v from "valibot";
import { expect, test, vi } from "vitest";
import { question } from "#shared/bus/declare.ts";
import { Fault } from "#shared/fault.ts";
import { seconds } from "#shared/time.ts";
import { startBus } from "../../support/bus.ts";
import { doubled } from "../../support/jobs.ts";

const double = async ({ n }: { n: number }) => 2 * n;
const patient = { ...doubled, timeout: seconds(60) };
const silence = new Fault("unavailable", "nobody answered number.double within 2 s");

test("a question is answered by one of those who answer under a name", async () => {
  await using world = await startBus();
  const other = await world.connect();
  const asked: number[] = [];
  const count = async ({ n }: { n: number }) => {
    asked.push(n);
    return 2 * n;
  };
  await using _first = await world.bus.answer("mathematician", doubled, count);
  await using _second = await other.answer("mathematician", doubled, count);

  const answers = await Promise.all([1, 2, 3].map((n) => world.bus.ask(doubled, { n })));

  expect(answers).toEqual([2, 4, 6]);
  expect(asked.toSorted()).toEqual([1, 2, 3]);
});

test("a question to nobody is unavailable, and names the question", async () => {
  await using world = await startBus();

  await expect(world.bus.ask(doubled, { n: 1 })).rejects.toEqual(silence);
});

test("an answer that comes too late is unavailable", async () => {
  await using world = await startBus();
  const { promise: never, resolve } = Promise.withResolvers<number>();
  await using _ = await world.bus.answer("mathematician", doubled, () => never);

  await expect(world.bus.ask(doubled, { n: 1 })).rejects.toEqual(silence);
  resolve(2);
});

test("a process that answers a hundred questions refuses more, and answers again when one is done", async () => {
  await using world = await startBus();
  const under: (() => void)[] = [];
  await using _ = await world.bus.answer("mathematician", patient, async ({ n }) => {
    await new Promise<void>((resolve) => under.push(resolve));
    return 2 * n;
  });
  const asked = Array.from({ length: 100 }, (_, n) => world.bus.ask(patient, { n }));
  await vi.waitFor(() => expect(under).toHaveLength(100), { timeout: seconds(30) });

  await expect(world.bus.ask(patient, { n: 100 })).rejects.toEqual(
    new Fault(
      "unavailable",
      "100 questions number.double are being answered, which is the most; ask again later",
    ),
  );
  under[0]?.();
  await asked[0];
  const next = world.bus.ask(patient, { n: 100 });
  await vi.waitFor(() => expect(under).toHaveLength(101), { timeout: seconds(30) });
  for (const end of under) end();

  expect(await Promise.all([...asked, next])).toEqual(Array.from({ length: 101 }, (_, n) => 2 * n));
});

test("who starts to answer after the question is still heard", async () => {
  await using world = await startBus();
  const other = await world.connect();

  const asked = world.bus.ask(doubled, { n: 21 });
  await expect(world.bus.ask({ ...doubled, timeout: 300 }, { n: 1 })).rejects.toThrow(Fault);
  await using _ = await other.answer("mathematician", doubled, double);

  expect(await asked).toBe(42);
});

test.each([
  new Fault("missing", "no such number"),
  new Fault("conflict", "a number already"),
  new Fault("unauthenticated", "who asks"),
])("a fault travels: %s", async (fault) => {
  await using world = await startBus();
  await using _ = await world.bus.answer("mathematician", doubled, async () => {
    throw fault;
  });

  await expect(world.bus.ask(doubled, { n: 1 })).rejects.toEqual(fault);
});

test("a bug stays in the answerer's log", async () => {
  await using world = await startBus();
  await using _ = await world.bus.answer("mathematician", doubled, async () => {
    throw new Error("secret detail");
  });

  await expect(world.bus.ask(doubled, { n: 1 })).rejects.toEqual(
    new Error("number.double failed; its answerer's log says why"),
  );
  expect(world.events()).toEqual(["answer failed"]);
});

test("a question that is not understood is the asker's fault, an answer that is not is a bug", async () => {
  await using world = await startBus();
  const otherwise = { ...doubled, request: v.looseObject({}), answer: v.any() };
  await using _ = await world.bus.answer("mathematician", doubled, async ({ n }) =>
    n === 0 ? Number.NaN : n,
  );

  await expect(world.bus.ask(otherwise, { n: "one" })).rejects.toMatchObject({ kind: "invalid" });
  await expect(world.bus.ask(doubled, { n: 0 })).rejects.not.toThrow(Fault);
});

test("a question asked while nats-server is away is answered when it is back", async () => {
  await using world = await startBus();
  const other = await world.connect();
  const patient = { ...doubled, timeout: 10_000 };
  await using _ = await other.answer("mathematician", patient, double);

  await world.nats.down();
  const asked = world.bus.ask(patient, { n: 21 });
  await world.nats.up();

  expect(await asked).toBe(42);
});

test("a question that was given up while nats-server was away is not asked when it is back", async () => {
  await using world = await startBus();
  const other = await world.connect();
  const asked: number[] = [];
  await using _ = await other.answer("mathematician", doubled, async ({ n }) => asked.push(n));

  await world.nats.down();
  await expect(world.bus.ask({ ...doubled, timeout: 300 }, { n: 1 })).rejects.toThrow(Fault);
  await world.nats.up();
  await world.bus.ask({ ...doubled, timeout: 30_000 }, { n: 2 });

  expect(asked).toEqual([2]);
});

test("ending lets the answers under way be given", async () => {
  await using world = await startBus();
  const other = await world.connect();
  const heard = Promise.withResolvers<void>();
  const { promise: may, resolve: end } = Promise.withResolvers<void>();
  const answering = await other.answer("mathematician", doubled, async ({ n }) => {
    heard.resolve();
    await may;
    return 2 * n;
  });
  const asked = world.bus.ask(doubled, { n: 21 });
  await heard.promise;

  const ended = answering[Symbol.asyncDispose]();
  end();
  await ended;

  expect(await asked).toBe(42);
  await expect(world.bus.ask({ ...doubled, timeout: 300 }, { n: 1 })).rejects.toThrow(Fault);
});

const echo = question("text.echo", {
  request: v.object({ text: v.string(), times: v.number() }),
  answer: v.string(),
  timeout: seconds(5),
});

test.each([
  ["answer", { text: "x".repeat(1_000), times: 2_000 }],
  ["question", { text: "x".repeat(2_000_000), times: 0 }],
])("an %s that is too long for the server is refused, and names both lengths", async (_, asked) => {
  await using world = await startBus();
  await using _echo = await world.bus.answer("echo", echo, async ({ text, times }) =>
    text.repeat(times),
  );

  await expect(world.bus.ask(echo, asked)).rejects.toMatchObject({
    kind: "invalid",
    message: expect.stringMatching(/text\.echo .*has 20000\d+ bytes, nats-server takes 1048576/),
  });
});
