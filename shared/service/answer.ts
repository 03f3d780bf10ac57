import type { Metrics } from "#shared/metrics/prometheus.ts";
import { answerHealth, type Part } from "./health.ts";
import type { Log } from "./log.ts";
import { httpRequests } from "./metrics.ts";
import type { Running } from "./start.ts";

export type Answering = {
  /** Absent while they start. */
  readonly running: readonly Running[] | undefined;
  /** The service that claims a path. */
  claimantOf(pathname: string): Running | undefined;
  /** What they stand on. */
  readonly ground: readonly Part[];
  readonly log: Log;
  readonly metrics: Metrics;
};

/** Answers a web request with the service whose path it is. What the runtime would answer to a bug is an error page with our sources in it. */
export const answer = async (request: Request, context: Answering) => {
  // A Host header may be no host (RFC 9112 §3.2).
  const url = URL.parse(request.url);
  if (!url) return new Response("the request's host or path is none\n", { status: 400 });
  try {
    return await route(request, url, context);
  } catch (error) {
    context.log.error("request failed", { method: request.method, path: url.pathname, error });
    return new Response("internal error\n", { status: 500 });
  }
};

const route = async (
  request: Request,
  { pathname }: URL,
  { running, claimantOf, ground, metrics }: Answering,
) => {
  const health = answerHealth(pathname, running && [...ground, ...running]);
  if (health) return health;
  if (pathname === "/metrics") return answerMetrics(metrics, running);
  if (!running) return new Response("kiln is starting\n", { status: 503 });
  const service = claimantOf(pathname);
  if (!service?.http) return new Response(null, { status: 404 });
  const response = await service.http.fetch(request);
  metrics.measure.count(httpRequests, {
    service: service.name,
    method: methods.has(request.method) ? request.method : "other",
    status: String(response.status),
  });
  return response;
};

/** RFC 9110 §9; a client may make up more. */
const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

const answerMetrics = async (
  { contentType, expose }: Metrics,
  running: readonly Running[] | undefined = [],
) => {
  const readings = await Promise.all(running.map((service) => service.readGauges()));
  return new Response(await expose(readings.flat()), { headers: { "content-type": contentType } });
};
