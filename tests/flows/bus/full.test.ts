import * as v from "valibot";
import { expect, test, vi } from "vitest";
import { message, stream } from "#shared/bus/declare.ts";
import { messages } from "#shared/messages/index.ts";
import { minutes, seconds } from "#shared/time.ts";
import { startBus } from "../../support/bus.ts";

const terms = { atOnce: 1, ackWait: seconds(30) };
const soon = { timeout: minutes(1), interval: 20 };

const small = { maxAge: minutes(10), maxBytes: 10_000 };
const schema = v.object({ n: v.string(), text: v.string() });
const options = {
  id: ({ n }: { n: string }) => n,
  key: ({ n }: { n: string }) => n,
};
const worked = message(
  stream("SMALL_WORK", { keep: "work", ...small }),
  "small.work.{n}",
  schema,
  options,
);
const logged = message(
  stream("SMALL_LOG", { keep: "log", ...small }),
  "small.log.{n}",
  schema,
  options,
);
const text = "x".repeat(4_000);

test("a work stream that is full takes a message once there is room, and loses none", async () => {
  await using it = await startBus();
  const bus = await it.connect([worked, logged]);
  for (const n of ["1", "2"]) await bus.publish(worked, { n, text });

  const third = bus.publish(worked, { n: "3", text });
  const handled: string[] = [];
  await using _ = await bus.consume("worker", worked, terms, async ({ n }) => {
    handled.push(n);
  });

  await third;
  await vi.waitFor(() => expect(handled).toEqual(["1", "2", "3"]), soon);
});

test("a log stream that is full forgets its oldest messages", async () => {
  await using it = await startBus();
  const bus = await it.connect([worked, logged]);
  for (const n of ["1", "2", "3", "4"]) await bus.publish(logged, { n, text });

  const seen: string[] = [];
  await using _ = await bus.follow(logged, "start", ({ n }) => void seen.push(n));

  expect(seen).toEqual(["3", "4"]);
});

test("nats-server sets aside less than 4 GiB for all streams, of the 16 GB that kiln's own may take", () => {
  const streams = new Set(messages.map(({ stream }) => stream));

  const sum = [...streams].reduce((bytes, { maxBytes }) => bytes + maxBytes, 0);

  expect(sum).toBeLessThan(4 * 1024 ** 3);
});
