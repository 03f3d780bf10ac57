import * as v from "valibot";
import { expect, test } from "vitest";
import { message, stream } from "#shared/bus/declare.ts";
import { Fault } from "#shared/fault.ts";
import { gauge, reading } from "#shared/metrics/declare.ts";
import { pause } from "#shared/pause.ts";
import { on, type Showing, show } from "#shared/service/define.ts";
import { readGauges } from "#shared/service/read-gauges.ts";
import { days, seconds } from "#shared/time.ts";
import { memoryBus } from "../../support/memory-bus.ts";
import { silentLog } from "../../support/world.ts";

const schema = v.object({ cake: v.string() });
const cakeOf = ({ cake }: { cake: string }) => cake;
const byCake = { id: cakeOf, key: cakeOf };
const cakeOrdered = message(
  stream("ORDERS", { keep: "work", maxAge: days(1) }),
  "cake.ordered",
  schema,
  byCake,
);
const cakeBaked = message(
  stream("NEWS", { keep: "log", maxAge: days(1) }),
  "cake.baked",
  schema,
  byCake,
);
const hungry = gauge("kiln_hungry_guests", "Guests without a cake");
const now = Date.UTC(2026, 0, 1);

/** What is seen of a baker who consumes both and shows this. */
const look = async (
  backlog: ReturnType<typeof memoryBus>["backlog"],
  ...shows: readonly Showing<object>[]
) => {
  const terms = { atOnce: 1, ackWait: seconds(1) };
  const baker = {
    name: "baker",
    consumes: [on(cakeOrdered, async () => {}, terms), on(cakeBaked, async () => {}, terms)],
    shows,
  };
  const readings = await readGauges(
    baker,
    {},
    {
      bus: { ...memoryBus(), backlog },
      log: silentLog,
      now: () => now,
      pause,
    },
  );
  return readings.map(({ gauge, labels, value }) => [gauge.name, Object.values(labels), value]);
};

test("queues have a length, and those of work an age", async () => {
  const readings = await look(async () => ({ waiting: 3, working: 1, oldestAt: now - 90_000 }));

  expect(readings).toEqual([
    ["kiln_queue_messages", ["baker", "cake.ordered", "waiting"], 3],
    ["kiln_queue_messages", ["baker", "cake.ordered", "working"], 1],
    ["kiln_queue_oldest_seconds", ["baker", "cake.ordered"], 90],
    ["kiln_queue_messages", ["baker", "cake.baked", "waiting"], 3],
    ["kiln_queue_messages", ["baker", "cake.baked", "working"], 1],
  ]);
});

test("an empty queue has an age of 0, and one by a clock ahead of ours too", async () => {
  const ages = await Promise.all(
    [
      { waiting: 0, working: 0 },
      { waiting: 1, working: 0, oldestAt: now + 5_000 },
    ].map(async (backlog) => {
      const readings = await look(async () => backlog);
      return readings.find(([name]) => name === "kiln_queue_oldest_seconds")?.[2];
    }),
  );

  expect(ages).toEqual([0, 0]);
});

test.each([
  [
    "cannot be known",
    async () => {
      throw new Fault("unavailable", "nats-server does not answer");
    },
  ],
  ["is not known in time", () => new Promise<never>(() => {})],
])("what %s is left out, and the rest is there", async (_what, never) => {
  const readings = await look(
    never,
    show([hungry], never),
    show([hungry], async () => [reading(hungry, {}, 2)]),
  );

  expect(readings).toEqual([["kiln_hungry_guests", [], 2]]);
});
