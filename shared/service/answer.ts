import type { Metrics } from "#shared/metrics/prometheus.ts";
import type { Fetch, Peer } from "#shared/runtime.ts";
import { shareFor } from "#shared/single-flight.ts";
import { seconds } from "#shared/time.ts";
import { routeByClaims } from "./claims.ts";
import { answerReady, findProblems, type Part } from "./health.ts";
import type { Log } from "./log.ts";
import { httpRequests } from "./metrics.ts";
import type { Running } from "./start.ts";

export type Around = {
  /** What all services stand on. */
  readonly ground: readonly Part[];
  readonly log: Log;
  readonly metrics: Metrics;
};

export type Answering = {
  readonly fetch: Fetch;
  /** The services have started: until then nothing but health and metrics is answered. */
  begin(running: readonly Running[]): void;
};

/**
 * For how long `/readyz` and `/metrics` give one answer to everybody. Neither takes a secret, so however many clients ask,
 * the parts are checked once a second, and JetStream is asked once a second for each consumer; a part that stops working
 * shows after a second and the time that its check takes.
 */
const shared = seconds(1);

/** Answers web requests with the service that claims their path. What the runtime would answer to a bug is an error page with our sources in it. */
export const openAnswering = ({ ground, log, metrics }: Around): Answering => {
  let running: readonly Running[] | undefined;
  let claimantOf = routeByClaims<Running>([]);
  const problems = shareFor(shared, () => findProblems([...ground, ...(running ?? [])]));
  const exposition = shareFor(shared, async () => {
    const readings = await Promise.all((running ?? []).map((service) => service.readGauges()));
    return metrics.expose(readings.flat());
  });

  const answerMetrics = async () =>
    new Response(await exposition(), { headers: { "content-type": metrics.contentType } });

  const route = async (request: Request, { pathname }: URL, peer: Peer) => {
    if (!methods.has(request.method)) return answerUnknownMethod(request.method);
    if (pathname === "/healthz") return new Response("ok\n");
    if (pathname === "/readyz") return answerReady(running && (await problems()));
    if (pathname === "/metrics") return answerMetrics();
    if (!running) return new Response("kiln is starting\n", { status: 503 });
    const service = claimantOf(pathname);
    if (!service?.http) return new Response(null, { status: 404 });
    const response = await service.http.fetch(request, peer);
    metrics.measure.count(httpRequests, {
      service: service.name,
      method: request.method,
      status: String(response.status),
    });
    return response;
  };

  return {
    async fetch(request, peer) {
      // A Host header may be no host (RFC 9112 §3.2).
      const url = URL.parse(request.url);
      if (!url) return new Response("the request's host or path is none\n", { status: 400 });
      try {
        return await route(request, url, peer);
      } catch (error) {
        log.error("request failed", { method: request.method, path: url.pathname, error });
        return new Response("internal error\n", { status: 500 });
      }
    },
    begin(services) {
      claimantOf = routeByClaims(services);
      running = services;
    },
  };
};

/** Of RFC 9110 §9 and RFC 5789, those that a service may route. */
const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Bun closes the connection of a method that no RFC names, before any handler runs: those never reach kiln. */
const answerUnknownMethod = (method: string) => {
  const allow = [...methods].join(", ");
  const text = `kiln has no method ${method}, only ${allow}\n`;
  return new Response(text, { status: 405, headers: { allow } });
};
