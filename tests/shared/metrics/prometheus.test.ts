import { expect, test } from "vitest";
import { counter, gauge, histogram, reading } from "#shared/metrics/declare.ts";
import { openMetrics } from "#shared/metrics/prometheus.ts";
import { parseExposition } from "../../support/exposition.ts";

const cakes = counter("kiln_cakes_total", "Cakes that were baked", "kind");
const bakingTime = histogram("kiln_baking_seconds", "How long cakes took", [1, 10]);
const hungry = gauge("kiln_hungry_guests", "Guests without a cake", "table");

const setup = () => {
  const metrics = openMetrics([cakes, bakingTime, hungry]);
  const own = async (...readings: Parameters<typeof metrics.expose>[0]) =>
    Object.fromEntries(
      [...parseExposition(await metrics.expose(readings))].filter(([key]) =>
        key.startsWith("kiln_"),
      ),
    );
  return { ...metrics, own };
};

test("what is counted adds up by its labels", async () => {
  const { measure, own } = setup();

  measure.count(cakes, { kind: "lemon" });
  measure.count(cakes, { kind: "lemon" }, 2);
  measure.count(cakes, { kind: "plum" });

  expect(await own()).toMatchObject({
    'kiln_cakes_total{kind="lemon"}': 3,
    'kiln_cakes_total{kind="plum"}': 1,
  });
});

test("what is observed is counted in each bucket it fits into", async () => {
  const { measure, own } = setup();

  for (const seconds of [0.5, 5, 50]) measure.observe(bakingTime, {}, seconds);

  expect(await own()).toEqual({
    'kiln_baking_seconds_bucket{le="1"}': 1,
    'kiln_baking_seconds_bucket{le="10"}': 2,
    'kiln_baking_seconds_bucket{le="+Inf"}': 3,
    kiln_baking_seconds_sum: 55.5,
    kiln_baking_seconds_count: 3,
  });
});

test("a gauge shows what was read this time, and what was not is not there", async () => {
  const { own } = setup();

  const first = await own(reading(hungry, { table: "1" }, 4), reading(hungry, { table: "2" }, 0));
  const second = await own(reading(hungry, { table: "2" }, 1));

  expect(first).toMatchObject({
    'kiln_hungry_guests{table="1"}': 4,
    'kiln_hungry_guests{table="2"}': 0,
  });
  expect(Object.entries(second).filter(([key]) => key.includes("hungry"))).toEqual([
    ['kiln_hungry_guests{table="2"}', 1],
  ]);
});

test("a gauge without labels that was not read is not there, and not 0", async () => {
  const tired = gauge("kiln_tired_bakers", "Bakers who would rather sleep");
  const { expose } = openMetrics([tired]);

  const texts = [await expose([]), await expose([reading(tired, {}, 2)]), await expose([])];

  expect(texts.map((text) => parseExposition(text).get("kiln_tired_bakers"))).toEqual([
    undefined,
    2,
    undefined,
  ]);
});

test("two that look at the same time each see the readings of one of them whole", async () => {
  const { own } = setup();
  const all = (value: number) => ["1", "2", "3"].map((table) => reading(hungry, { table }, value));

  const looks = await Promise.all([own(...all(1)), own(...all(2))]);

  for (const look of looks) {
    const values = Object.entries(look).filter(([key]) => key.includes("hungry"));
    expect(values).toHaveLength(3);
    expect(new Set(values.map(([, value]) => value)).size).toBe(1);
  }
});

test("the process itself is told of, with the lag of its event loop", async () => {
  const { expose } = setup();

  const series = parseExposition(await expose([]));

  expect([...series.keys()]).toEqual(
    expect.arrayContaining([
      "process_cpu_user_seconds_total",
      "process_resident_memory_bytes",
      "nodejs_eventloop_lag_p99_seconds",
    ]),
  );
});
