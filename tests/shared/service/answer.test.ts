import { expect, test, vi } from "vitest";
import { gauge, reading } from "#shared/metrics/declare.ts";
import { openMetrics } from "#shared/metrics/prometheus.ts";
import { openAnswering } from "#shared/service/answer.ts";
import { common } from "#shared/service/metrics.ts";
import type { Running } from "#shared/service/start.ts";
import { parseExposition } from "../../support/exposition.ts";
import { silentLog } from "../../support/world.ts";

const hungry = gauge("kiln_hungry_guests", "Guests without a cake");

const bakery: Running = {
  name: "bakery",
  http: {
    claims: ["cake"],
    fetch: ({ url }) => new Response(null, { status: url.endsWith("/none") ? 404 : 200 }),
  },
  health: async () => {},
  readGauges: async () => [reading(hungry, {}, 3)],
  [Symbol.asyncDispose]: async () => {},
};

/** A process that runs these. */
const setup = (running: readonly Running[] | undefined) => {
  const metrics = openMetrics([...common, hungry]);
  const answering = openAnswering({ ground: [], log: silentLog, metrics });
  if (running) answering.begin(running);
  const ask = (path: string, method = "GET") =>
    Promise.resolve(
      answering.fetch(new Request(`http://kiln.example${path}`, { method }), () => undefined),
    );
  return {
    ask,
    async own() {
      const series = parseExposition(await (await ask("/metrics")).text());
      return Object.fromEntries([...series].filter(([key]) => key.startsWith("kiln_")));
    },
  };
};

test("requests are counted by who answered, how they were made and what came of them", async () => {
  const { ask, own } = setup([bakery]);

  for (const [path, method] of [
    ["/cake", "GET"],
    ["/cake/lemon", "GET"],
    ["/cake/none", "GET"],
    ["/cake", "POST"],
    ["/bread", "GET"],
    ["/healthz", "GET"],
  ] as const)
    await ask(path, method);

  expect(await own()).toEqual({
    'kiln_http_requests_total{service="bakery",method="GET",status="200"}': 2,
    'kiln_http_requests_total{service="bakery",method="GET",status="404"}': 1,
    'kiln_http_requests_total{service="bakery",method="POST",status="200"}': 1,
    kiln_hungry_guests: 3,
  });
});

test.each(["PROPFIND", "PURGE", "REPORT"])(
  "%s is answered as a method that no service has",
  async (method) => {
    const { ask, own } = setup([bakery]);

    const answers = [await ask("/cake", method), await ask("/healthz", method)];

    const text = `kiln has no method ${method}, only GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\n`;
    const told = await Promise.all(answers.map(async (it) => [it.status, await it.text()]));
    expect(told).toEqual([
      [405, text],
      [405, text],
    ]);
    expect(await own()).toEqual({ kiln_hungry_guests: 3 });
  },
);

test("a process that is starting has metrics already", async () => {
  const { ask, own } = setup(undefined);

  const [metrics, other] = [await ask("/metrics"), await ask("/cake")];

  expect([metrics.status, other.status]).toEqual([200, 503]);
  expect(await own()).toEqual({});
});

test("200 requests at once for /readyz check each part once, and for /metrics read its gauges once", async () => {
  const checks = { bakery: 0, café: 0 };
  const counted = (name: "bakery" | "café"): Running => ({
    ...bakery,
    name,
    health: async () => void checks[name]++,
  });
  const readGauges = vi.fn(bakery.readGauges);
  const { ask } = setup([{ ...counted("bakery"), readGauges }, counted("café")]);

  const ready = await Promise.all(Array.from({ length: 200 }, () => ask("/readyz")));
  const shown = await Promise.all(Array.from({ length: 200 }, () => ask("/metrics")));

  expect(new Set([...ready, ...shown].map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(await Promise.all(ready.map((it) => it.text())))).toEqual(
    new Set(['{"ready":true}']),
  );
  expect(checks).toEqual({ bakery: 1, café: 1 });
  expect(readGauges).toHaveBeenCalledOnce();
});

test("a service that cannot work any more shows within two seconds, and so does one that can again", async () => {
  let problem: string | undefined;
  const health = async () => {
    if (problem !== undefined) throw new Error(problem);
  };
  const { ask } = setup([{ ...bakery, health }]);
  const untilReadyIs = (expected: object) =>
    vi.waitFor(async () => expect(await (await ask("/readyz")).json()).toEqual(expected), {
      timeout: 2_000,
      interval: 20,
    });
  await untilReadyIs({ ready: true });

  problem = "the oven is cold";
  await untilReadyIs({ ready: false, problems: { bakery: "the oven is cold" } });
  problem = undefined;
  await untilReadyIs({ ready: true });
});

test("a part that does not answer leaves /healthz answered", async () => {
  const { ask } = setup([{ ...bakery, health: () => new Promise<never>(() => {}) }]);

  void ask("/readyz");
  const alive = await ask("/healthz");

  expect([alive.status, await alive.text()]).toEqual([200, "ok\n"]);
});
