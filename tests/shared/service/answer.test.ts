import { expect, test } from "vitest";
import { gauge, reading } from "#shared/metrics/declare.ts";
import { openMetrics } from "#shared/metrics/prometheus.ts";
import { answer } from "#shared/service/answer.ts";
import { routeByClaims } from "#shared/service/claims.ts";
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
  const context = {
    running,
    claimantOf: routeByClaims(running ?? []),
    ground: [],
    log: silentLog,
    metrics: openMetrics([...common, hungry]),
  };
  const ask = (path: string, method = "GET") =>
    answer(new Request(`http://kiln.example${path}`, { method }), context);
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
    ["/cake", "PROPFIND"],
    ["/bread", "GET"],
    ["/healthz", "GET"],
  ] as const)
    await ask(path, method);

  expect(await own()).toEqual({
    'kiln_http_requests_total{service="bakery",method="GET",status="200"}': 2,
    'kiln_http_requests_total{service="bakery",method="GET",status="404"}': 1,
    'kiln_http_requests_total{service="bakery",method="other",status="200"}': 1,
    kiln_hungry_guests: 3,
  });
});

test("a process that is starting has metrics already", async () => {
  const { ask, own } = setup(undefined);

  const [metrics, other] = [await ask("/metrics"), await ask("/cake")];

  expect([metrics.status, other.status]).toEqual([200, 503]);
  expect(await own()).toEqual({});
});
